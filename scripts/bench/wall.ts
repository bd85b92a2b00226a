import { spawnSync } from 'node:child_process'

/** Seconds that it takes. */
export function wall(work: () => void): number {
  const started = performance.now()
  work()
  return (performance.now() - started) / 1000
}

/**
 * What each measure says, the median of several turns: side by side, because a machine has its
 * moods.
 */
export function inTurn(measures: readonly (() => number)[], turns: number): number[] {
  const said = measures.map((): number[] => [])
  for (let turn = 0; turn < turns; turn++)
    measures.forEach((measure, i) => said[i]!.push(measure()))
  return said.map((figures) => figures.sort((a, b) => a - b)[Math.floor(turns / 2)]!)
}

/**
 * Seconds of processor time that a command takes, its children included: of one run out of five,
 * for GNU time counts hundredths.
 */
export function cpuOf(...command: string[]): number {
  const argv = ['-f', '%U %S', 'sh', '-ec', 'for run in 1 2 3 4 5; do "$@"; done', 'sh', ...command]
  const { status, stderr } = spawnSync('time', argv, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
  const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return (user! + system!) / 5
}
