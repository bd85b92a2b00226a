import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { toldCards } from './told/stage.ts'
import type { ToldCards } from './told/stage.ts'

const plan = resolve(openCatalogue(root), join(root, 'image.yaml'), ['soundcard=auto'])
const [hat] = plan.configure.view.soundcards.hats
let seen: ToldCards
beforeAll(async () => {
  const { made } = await runStages(plan, [toldCards], { quiet: true })
  seen = JSON.parse(readFileSync(made.get('told-cards')!.outputs['seen']!, 'utf8')) as ToldCards
})

test('a card that looks for its sound card finds the HAT, and starts again with it', () => {
  expect(seen.console.first).toContain(`the sound card is ${hat!.id}`)
  expect(seen.console.first).toContain('starting again with what was changed')
  expect(seen.found.differing).toBe('')
  expect(seen.found.waits).toContain(plan.configure.others.find(({ id }) => id === hat!.id)!.name)
})

test('what was written into config.txt by hand stays in it', () => {
  expect(seen.config.new).not.toContain(`dtoverlay=${hat!.id}`)
  expect(seen.config.found).toContain(`dtoverlay=${hat!.id}`)
  expect(seen.config.found).toMatch(/\n# by hand\n\[all\]\ndtoverlay=hat\n$/)
})

test('a card that is told another sound card is again what it was, with the rest of its settings', () => {
  expect(seen.console.told).toContain(`the sound card is ${plan.soundcard.id}`)
  expect(seen.config.told).toBe(seen.config.new)
  expect(seen.console.told).toContain('settings: jack is applied')
})

test('a sound card that the image does not know is named, with where those are that it knows', () => {
  const others = plan.configure.others.length
  expect(others).toBeGreaterThan(5)
  expect(seen.problems).toContain(
    `soundcard: this image has no "nonsense"; it has: auto ${plan.soundcard.id} and ${others} others (ls /usr/share/downbeat/soundcards)\r\n`,
  )
})

test('a card that is read-only is used as any other, and not a byte of it is written', () => {
  expect(seen.read_only).toEqual({
    root: 'overlay\next4 ro,',
    boot: 'ro',
    writable: Array(5).fill('mine').join('\n'),
    failed: '',
    settings: 'inactive\n\ninactive',
    jack: expect.stringContaining('-p256 '),
    issue: expect.stringMatching(/^This card is read-only/),
    doctor: 'passed',
  })
  expect(seen.card.after).toBe(seen.card.before)
})

test('a card that is read-only takes other settings, and is read-only again', () => {
  expect(seen.console.kept).toContain('settings: hostname is applied')
  expect(seen.console.kept).toContain('starting again with what was changed')
  expect(seen.cmdline.kept).toBe(seen.cmdline.read_only)
})

test('a card that was read-only is written to again when it is told so, and starts as it did', () => {
  const { new: usual, read_only, told } = seen.cmdline
  expect(read_only.trim()).toBe(`${usual.trim()} init=/usr/lib/downbeat/read-only`)
  expect(read_only).toHaveLength(usual.length)
  expect(told).toBe(usual)
  expect(seen.console.told).toContain('settings: read_only is applied')
})
