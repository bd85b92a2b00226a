import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { settingKeys } from '../../lib/plan/settings/settings.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { differentialOf } from './differential/stage.ts'
import type { Differential } from './differential/stage.ts'
import { documentsOf, judged, situations } from './differential/values.ts'
import type { Tried } from './differential/values.ts'

/** Lets both sides judge so many values, and looks for one that they judge differently. */
export const bothSidesAgreeOn = (asked: Differential): void => {
  const count = asked.seeds.length * asked.values
  describe(`${count} values for settings of a card, judged here and as on the card`, () => {
    let seen: (Tried & { told: string })[]
    let ofSituations: string[]
    beforeAll(async () => {
      const stage = differentialOf(asked)
      const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))
      const { made } = await runStages(plan, [stage], { quiet: true })
      const said = JSON.parse(
        readFileSync(made.get(stage.name)!.outputs['said']!, 'utf8'),
      ) as string[]
      const documents = asked.seeds.flatMap((seed) => documentsOf(seed, asked.values))
      ofSituations = said.splice(0, situations.length)
      expect(said).toHaveLength(documents.length)
      seen = documents.flatMap(({ tried }, i) =>
        tried.map(({ line, one }) => {
          const told = said[i]!.split('\n').filter(
            (each) => each.startsWith(`downbeat.toml:${line}:`) || tried.length === 1,
          )
          return { ...one, told: told.join('\n') }
        }),
      )
    })

    test.each(situations.map((one, i) => [one.key, JSON.stringify(one.value), one, i] as const))(
      'both say the same, and what is right, to %s = %s',
      (_key, _text, one, i) => {
        expect(judged(one)).toBe(one.taken)
        expect(ofSituations[i] === '').toBe(one.taken)
      },
    )

    test('the card proposes what was perhaps meant', () => {
      const told = (key: string, value: string): string | undefined =>
        ofSituations[situations.findIndex((one) => one.key === key && one.value === value)]
      expect(told('wifi.country', 'UK')).toContain('(did you mean "GB"?)')
      expect(told('timezone', 'Europe/Berln')).toContain('(did you mean "Europe/Berlin"?)')
      expect(told('user.name', 'audio')).toContain('"audio" is an account or a group of the system')
    })

    test('are as many', () => expect(seen).toHaveLength(count))

    test('there is none that one side takes and the other refuses', () => {
      const differing = seen.filter(({ taken, told }) => taken !== (told === ''))
      expect(differing.slice(0, 20), `${differing.length} of ${count}`).toEqual([])
    })

    test('there are many of each setting that are taken, and many that are refused', () => {
      for (const { key } of settingKeys()) {
        const own = seen.filter((one) => one.key === key)
        const good = own.filter(({ taken }) => taken).length
        expect(good, key).toBeGreaterThan(own.length / 50)
        expect(own.length - good, key).toBeGreaterThan(own.length / 50)
      }
    })
  })
}
