import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { nameOf } from '../../lib/engine/cache/cache.ts'
import { messageOf } from '../../lib/common/words/errors.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import type { Mtools } from '../../lib/card/personalize/personalize.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { cacheFolder, mirror, root, runStages } from '../session/session.ts'

const environment = {
  ...process.env,
  MTOOLS_SKIP_CHECK: '1',
  MTOOLSRC: '/dev/null',
  LC_ALL: 'C.UTF-8',
}

/**
 * One that is there is taken as it is: root, by sudo, makes nothing in the cache of the user who
 * flashes a card.
 */
async function toolboxFolder(): Promise<string> {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'), [], {
    mirror: mirror(),
    alone: true,
  })
  const there = join(cacheFolder(), nameOf(toolbox.name, keyOf(toolbox, plan)))
  if (existsSync(there)) return there
  return (await runStages(plan, [toolbox], { quiet: true })).made.get(toolbox.name)!.folder
}

/** mtools of this machine, or else of the toolbox, which is made if it is not there yet. */
export async function findMtools(): Promise<Mtools> {
  const run = (program: string, args: readonly string[]): Promise<string> =>
    promisify(execFile)(program, args, { env: environment, maxBuffer: 1 << 24 }).then(
      ({ stdout }) => stdout,
    )
  const explained = async (answer: Promise<string>): Promise<string> => {
    try {
      return await answer
    } catch (error) {
      throw new Error(messageOf(error).trim().split('\n').at(-1), { cause: error })
    }
  }
  if (
    await run('mtype', ['-V']).then(
      () => true,
      () => false,
    )
  )
    return (program, ...args) => explained(run(program, args))
  const folder = join(await toolboxFolder(), toolbox.outputs.root)
  // its programs, with its own libraries: nothing of them needs the rest of it
  const [loader] = globSync(join(folder, 'usr/lib/*-linux-gnu/ld-linux*'))
  return (program, ...args) =>
    explained(
      run(loader!, [
        '--library-path',
        join(loader!, '..'),
        join(folder, 'usr/bin', program),
        ...args,
      ]),
    )
}
