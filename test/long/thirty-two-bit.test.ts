import { describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { downbeat, root } from '../downbeat.ts'
import { cards } from '../image/card-root/cards.ts'
import { cardsEndWell } from '../image/card-root-tests.ts'
import { releaseMirror } from '../image/mirror.ts'
import { planned, recordOf } from '../image/variants.ts'

// Each of these has a kernel of its own to compile.
const usual = planned('image.yaml').rootfs.arch
const variants = openCatalogue(root)
  .ids('variants')
  .map((id) => ({ id, plan: planned(`variants/${id}.yaml`) }))
  .filter(({ plan }) => plan.rootfs.arch !== usual)

describe.for(variants)('variant $id', ({ id, plan }) => {
  const machines = new Set(
    plan.boards.flatMap(({ emulator }) => (emulator?.exact === true ? [emulator.machine] : [])),
  )

  test('builds, boots, and all its proofs pass', async () => {
    const env = { DOWNBEAT_MIRROR: await releaseMirror() }
    const { status, err } = downbeat(['build', `variants/${id}.yaml`, '--boot', '--quiet'], { env })
    expect(err).toBe('')
    expect(status).toBe(0)
    const { proofs, boots } = recordOf(id)
    expect(proofs.filter(({ passed }) => !passed)).toEqual([])
    expect([...machines].some((machine) => boots.some((boot) => boot.machine === machine))).toBe(
      true,
    )
    expect(proofs.map(({ tuning }) => tuning)).toContain('base')
  })

  describe('its scripts, and its reader of settings', () => {
    cardsEndWell('card-roots', cards, `variants/${id}.yaml`, async () => ({
      mirror: await releaseMirror(),
    }))
  })
})
