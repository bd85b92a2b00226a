import { join } from 'node:path'
import { quote } from '../../lib/common/quote.ts'
import type { AnyStage } from '../../lib/engine/run/stage.ts'
import { sandboxed } from '../../lib/engine/sandbox/sandbox.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { fuzzers } from '../../stages/fuzzers.ts'
import { mirror, root, runStages } from '../session/session.ts'

/** A program that a stage has compiled for a fuzzer. */
export interface Compiled {
  /** absolute paths of what the stage has made */
  outputs: Readonly<Record<string, string>>
  /** The words that run a command in a sandbox, which may write to the folder of findings alone. */
  inSandbox: (words: readonly string[]) => [program: string, ...args: string[]]
  /** Gives the cache back. */
  end: () => Promise<void>
}

/** Makes such a program. `readable`: folders that its commands need beside what was made. */
export async function compiled(
  stage: AnyStage,
  folder: string,
  readable: readonly string[] = [],
): Promise<Compiled> {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'), [], {
    mirror: mirror(),
    alone: true,
  })
  const run = await runStages(plan, [fuzzers, stage], {})
  const own = run.made.get(stage.name)!
  const sandbox = sandboxed({
    toolbox: run.made.get(fuzzers.name)!.outputs['root']!,
    cwd: folder,
    writable: [folder],
    readable: [own.folder, ...readable],
    network: false,
    mounts: false,
  })
  return {
    outputs: own.outputs,
    inSandbox: (words) => [sandbox[0]!, ...sandbox.slice(1), words.map(quote).join(' ')],
    end: () => run.end(),
  }
}

/** The number that a fuzzer has said; undefined: it was stopped before. */
export const countIn = (said: RegExpExecArray | null): number | undefined =>
  said === null ? undefined : Number(said[1])
