import { spawnSync } from 'node:child_process'

/** Seconds that it takes. */
export function wall(work: () => void): number {
  const started = performance.now()
  work()
  return (performance.now() - started) / 1000
}

/** Seconds of processor time that each command takes, children included: the median of turns, because a machine has its moods. */
export function inTurn(commands: readonly (readonly string[])[], turns = 7): number[] {
  const taken = commands.map((): number[] => [])
  for (let turn = 0; turn < turns; turn++) commands.forEach((command, i) => taken[i]!.push(cpuOf(command)))
  return taken.map((seconds) => seconds.sort((a, b) => a - b)[Math.floor(turns / 2)]!)
}

/** Of one run out of five: GNU time counts hundredths. */
function cpuOf(command: readonly string[]): number {
  const argv = ['-f', '%U %S', 'sh', '-ec', 'for run in 1 2 3 4 5; do "$@"; done', 'sh', ...command]
  const { status, stderr } = spawnSync('time', argv, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
  const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return (user! + system!) / 5
}
