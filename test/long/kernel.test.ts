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
      const plan = resolve(openCatalogue(root), join(root, 'variants', `${id}.yaml`), [], {
        mirror: await releaseMirror(),
      })
      const { made } = await runStages(plan, [kernelOptions], { quiet: true })
      const config = readFileSync(made.get('kernel-options')!.outputs['config']!, 'utf8').split(
        '\n',
      )
      for (const line of [
        'CONFIG_PREEMPT_RT=y',
        'CONFIG_HZ=1000',
        '# CONFIG_CPU_FREQ is not set',
        'CONFIG_COMPAT_32BIT_TIME=y',
        'CONFIG_ARM=y',
      ])
        expect(config).toContain(line)
    },
  )
})
