import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import type { Arch } from '../../lib/plan/schema/common.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { releaseMirror } from './mirror.ts'
import { cases } from './settings/cases.ts'
import { settingsRuns } from './settings/stage.ts'
import type { SettingsSaid } from './settings/stage.ts'

async function planFor(arch: Arch): Promise<Plan> {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))
  if (arch === plan.tools.arch) return plan
  return {
    ...plan,
    toolbox: { ...plan.toolbox, arch, mirror: await releaseMirror() },
    tools: { ...plan.tools, arch },
  }
}

/**
 * Compiles the reader of settings for an architecture and runs it on such a processor; `machine` is
 * what readelf calls it. `older` plans an image for older processors.
 */
export const settingsRunOn = (arch: Arch, machine: string, older?: () => Promise<Plan>): void => {
  describe(`downbeat-settings for ${arch}${older ? ' of older processors' : ''}`, () => {
    let seen: SettingsSaid
    beforeAll(async () => {
      const { made } = await runStages(await (older?.() ?? planFor(arch)), [settingsRuns], {
        quiet: true,
      })
      seen = JSON.parse(
        readFileSync(made.get('settings-runs')!.outputs['said']!, 'utf8'),
      ) as SettingsSaid
    })

    test('is for this machine', () => {
      expect(seen.machine).toBe(machine)
    })

    test.for(cases.map((one, i) => [one.title, one, i] as const))(
      'reads: %s',
      ([, { files, read, wrong = [], masked = {}, nowhere = [] }, i]) => {
        const { out, err, masked: after, again } = seen.said[i]!
        const lines = (text: string): string[] => text.split('\n').slice(0, -1)
        const pattern = (line: string): unknown =>
          line.includes('[0-9a-f]')
            ? expect.stringMatching(`^${line.replace(' ', '\\t')}$`)
            : line.replace(' ', '\t')
        expect(lines(out)).toEqual(read.map(pattern))
        expect(lines(err)).toEqual(wrong.map((line) => expect.stringMatching(`^${line}$`)))
        expect(after).toEqual({ ...files, ...masked })
        for (const secret of nowhere)
          expect([...Object.values(after), err, again].join('\n')).not.toContain(secret)
      },
    )

    test('writes zeros over what it wipes, in the blocks where it lies, before it removes it', () => {
      // of a twin, a second name of the same file: bytes that are no zero, and its length
      expect(seen.wiped).toBe('0 37 gone')
    })
  })
}
