import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { messageOf } from '../../lib/common/words/errors.ts'
import { folderForLinks, root } from '../downbeat.ts'
import { randomOf } from './random.ts'
import type { Opened, Scene } from './scene.ts'

/** What came of killing one thing. */
export interface Outcome {
  name: string
  /** why there were none on this machine */
  lacks?: string
  kills: number
  /** how often it was killed at which step */
  steps: Map<string, number>
  /** each with the kill after which it was seen */
  lost: string[]
}

const preload = pathToFileURL(join(import.meta.dirname, 'kill-at.ts')).href

interface Ran {
  status: number | null
  said: string
  /** what kill-at.ts has written: the step at which it was killed, or all there were */
  steps: string[]
}

/** Runs ./downbeat in a process group of its own; `at` 0: to its end. */
function run({ argv, env }: Opened, folder: string, at: number, part: number): Promise<Ran> {
  const log = join(folder, 'log')
  writeFileSync(log, '')
  const child = spawn(join(root, 'downbeat'), argv, {
    detached: true,
    cwd: join(folder, 'work'),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DOWNBEAT_NODE: process.execPath,
      DOWNBEAT_OUT: join(folder, 'out'),
      TMPDIR: join(folder, 'tmp'),
      // what is written has the same times in it whenever that is
      SOURCE_DATE_EPOCH: '1700000000',
      ...env,
      NODE_OPTIONS: `--import=${preload}`,
      DOWNBEAT_CHAOS_AT: `${at}`,
      DOWNBEAT_CHAOS_PART: `${part}`,
      DOWNBEAT_CHAOS_LOG: log,
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (status) => {
      done({ status, said, steps: readFileSync(log, 'utf8').trim().split('\n') })
    })
  })
}

/**
 * Kills a thing so many times, at moments that the seed decides, and does it again to its end after
 * each.
 */
export async function campaign(
  scene: Scene,
  kills: number,
  seed: number,
  tell: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const outcome: Outcome = { name: scene.name, kills: 0, steps: new Map(), lost: [] }
  const folder = folderForLinks('downbeat-chaos-')
  const random = randomOf(seed)
  for (const name of ['work', 'tmp', 'out']) mkdirSync(join(folder, name))
  const opened = await scene.open(join(folder, 'work'))
  if (typeof opened === 'string') {
    rmSync(folder, { recursive: true })
    return { ...outcome, lacks: opened }
  }
  try {
    const leftovers = (): string[] => [
      ...opened.left(),
      ...readdirSync(join(folder, 'tmp')).map((name) => `tmp/${name}`),
    ]
    await opened.reset()
    const { status, said, steps } = await run(opened, folder, 0, 0)
    if (status !== 0) throw new Error(`${scene.name}: nobody has killed it, and it failed: ${said}`)
    const result = async (): Promise<string> => await opened.result()
    const whole = await result()
    const kinds = Map.groupBy(steps.keys(), (i) => steps[i]!)
    const lose = (what: string): void =>
      void outcome.lost.push(`${scene.name}, seed ${seed}, kill ${outcome.kills}: ${what}`)
    // a run may end before its moment comes: it does not always do the same number of things. The first
    // one keeps its plan, and those after it have so much less to do.
    for (let tries = 0; outcome.kills < kills && tries < 20 + 3 * kills; tries++) {
      // each kind of step as often as another, however many there are of it
      const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
      const at = 1 + one(kinds.get(one([...kinds.keys()]))!)
      await opened.reset()
      const killed = await run(opened, folder, at, random())
      if (killed.status === 0) continue
      if (killed.status !== null) lose(`it ended with ${killed.status}: ${killed.said}`)
      outcome.kills++
      const step = killed.steps.at(-1)!
      outcome.steps.set(step, (outcome.steps.get(step) ?? 0) + 1)
      tell(`${scene.name}: killed at ${step} (${at} of ${steps.length})`)
      const after = `at ${step}`
      const broken = async (): Promise<string[]> => await opened.broken(whole)
      for (const what of await broken().catch((error: unknown) => [messageOf(error)]))
        lose(`${after}: ${what}`)
      // no file with a secret in it, neither now nor when the next run has ended
      for (const name of readdirSync(join(folder, 'tmp'))) lose(`${after}: tmp/${name} is left`)
      const again = await run(opened, folder, 0, 0)
      if (again.status !== 0)
        lose(`${after}: the next run ended with ${again.status}: ${again.said}`)
      else if ((await result().catch(messageOf)) !== whole)
        lose(`${after}: the next run gave something else`)
      for (const name of leftovers()) lose(`${after}: the next run has left ${name}`)
      for (const name of readdirSync(join(folder, 'tmp')))
        rmSync(join(folder, 'tmp', name), { recursive: true })
    }
    return outcome
  } finally {
    opened.close?.()
    rmSync(folder, { recursive: true, force: true })
  }
}
