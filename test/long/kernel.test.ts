import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { releaseMirror } from '../image/mirror.ts'
import { kernelOptions } from './kernel-options.ts'

// Each of these kernels takes as long to compile as the one of image.yaml: the workflow of variants
// does.
const variants = ['pi2b-usb', 'pi0-usb']
// The newest series of Debian's backports, whichever it is today, and of the sound cards those that
// bring options of their own.
const newest: [file: string, sets: string[]][] = [
  ['pi5-usb', []],
  ['pi3b-usb', ['kernel.source=backports', 'soundcard=onboard']],
  ...variants.map((id): [string, string[]] => [id, ['kernel.source=backports']]),
]

const realtime = ['CONFIG_PREEMPT_RT=y', 'CONFIG_HZ=1000', '# CONFIG_CPU_FREQ is not set']

describe('a kernel of 32 bit', () => {
  test('has a variant for each architecture that is not the default one', () => {
    const archs = openCatalogue(root)
      .ids('bases')
      .map(
        (id) => /(?<=^arch: ).*/m.exec(readFileSync(join(root, 'bases', `${id}.yaml`), 'utf8'))![0],
      )
    const built = variants.map(
      (id) => resolve(openCatalogue(root), join(root, 'variants', `${id}.yaml`)).rootfs.arch,
    )
    expect(new Set(['arm64', ...built])).toEqual(new Set(archs))
  })

  test.for(variants)(
    '%s: every option that fragments and tunings ask for comes true',
    async (id) => {
      const config = await configOf(id, [], await releaseMirror())
      for (const line of ['CONFIG_COMPAT_32BIT_TIME=y', 'CONFIG_ARM=y', ...realtime])
        expect(config).toContain(line)
    },
  )
})

describe('the newest kernel of backports', () => {
  test.for(newest)('%s %s: every option comes true, and it is realtime', async ([id, sets]) => {
    const config = await configOf(id, sets, await releaseMirror())
    for (const line of ['CONFIG_PREEMPT=y', 'CONFIG_SYSCTL=y', ...realtime])
      expect(config).toContain(line)
  })
})

/** The lines of the configuration of a variant's kernel. */
async function configOf(id: string, sets: string[], mirror: string): Promise<string[]> {
  const plan = resolve(openCatalogue(root), join(root, 'variants', `${id}.yaml`), sets, { mirror })
  const { made } = await runStages(plan, [kernelOptions], { quiet: true })
  return readFileSync(made.get('kernel-options')!.outputs['config']!, 'utf8').split('\n')
}
