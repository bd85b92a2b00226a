import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { secondCard } from './one-server/second-card.ts'
import type { SecondCard } from './one-server/second-card.ts'

let seen: SecondCard
beforeAll(async () => {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'), ['jack.second_card=usb'])
  const { made } = await runStages(plan, [secondCard], { quiet: true })
  seen = JSON.parse(readFileSync(made.get('second-card')!.outputs['seen']!, 'utf8')) as SecondCard
})

const [small, large] = [0, 1]

test('beside the card that JACK plays through, the other one is ports of JACK too', () => {
  expect(seen.at_boot).toMatchObject({ servers: seen.ids[large], bridged: seen.ids[small] })
  expect(seen.at_boot.ports).toEqual(['second-out:playback_1', 'second-out:playback_2'])
  expect(seen.at_boot.told).toContain(
    `A second sound card, ${seen.ids[small]}, is bridged to JACK: its ports are second-in and second-out`,
  )
})

test('what is played to its ports is heard from it, resampled to its clock', () => {
  expect(seen.heard.filter(({ passed }) => !passed)).toEqual([])
})

test('unplugged, it takes its ports with it and leaves the server alone; plugged in again, it is back', () => {
  expect(seen.small_out).toMatchObject({ servers: seen.ids[large], bridged: '', ports: [] })
  expect(seen.small_back).toMatchObject({ servers: seen.ids[large], bridged: seen.ids[small] })
  expect(seen.small_back.ports).toEqual(seen.at_boot.ports)
  for (const { pid } of [seen.small_out, seen.small_back]) expect(pid).toBe(seen.at_boot.pid)
})

test('it becomes the first one while that is away, and the second one again when that is back', () => {
  expect(seen.large_out).toMatchObject({ servers: seen.ids[small], bridged: '', ports: [] })
  expect(seen.large_back).toMatchObject({ servers: seen.ids[large], bridged: seen.ids[small] })
  expect(seen.large_back.ports).toEqual(seen.at_boot.ports)
})

test('a card that only plays has nothing that records, and nothing has failed', () => {
  expect(seen.failed).toBe('')
})
