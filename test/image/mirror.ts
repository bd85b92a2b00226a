import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { root } from '../downbeat.ts'

/**
 * Where the release itself comes from, without its updates: not every mirror has those of the rarer
 * architectures.
 */
export async function releaseMirror(): Promise<string> {
  const { made } = await runStages(
    resolve(openCatalogue(root), join(root, 'image.yaml')),
    [toolbox],
    { quiet: true },
  )
  return /^deb (\S+)/m.exec(
    readFileSync(join(made.get('toolbox')!.outputs['root']!, 'etc/apt/sources.list'), 'utf8'),
  )![1]!
}
