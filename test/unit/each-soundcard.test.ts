import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { controlsOf } from '../../lib/plan/schema/mixer-controls.ts'
import { readOverlayTable } from '../../scripts/generate/sound-overlays.ts'
import { boardsOf, kernelsFor } from '../../scripts/soundcards/facts.ts'
import { cardOf, catalogueAt, filesOf, idsOf, planOf, repository } from './fixtures.ts'
import { asked } from './kernel-choices.ts'

// What each file of soundcards/ has to be. `./downbeat test soundcards/<id>` runs these tests for that
// file alone.

const named = process.env['DOWNBEAT_SOUNDCARDS']?.split(',')
const all = idsOf('soundcards')
const ids = named ?? all
const cards = ids.map(cardOf)
const others = (id: string): string[] => all.filter((other) => other !== id)
const overlays = readOverlayTable(
  readFileSync(join(repository, 'tables/sound-overlays.txt'), 'utf8'),
)
const catalogue = catalogueAt(repository)

/** A board, a base and a kernel that an image for the card can have. */
function possible(id: string): { board: string; base: string; kernel: string } | undefined {
  const card = { id, ...catalogue.entry('soundcards', id, 'test').value }
  for (const board of boardsOf(catalogue, idsOf('boards')))
    for (const kernel of kernelsFor(catalogue, [board], card))
      for (const base of idsOf('bases'))
        if (typeof asked([board.id], base, id, kernel) !== 'string')
          return { board: board.id, base, kernel }
  return undefined
}

describe('a sound card', () => {
  test.each(cards)('$id begins with a rate and a period that it can do', (card) => {
    const { rates, jack } = card
    const [from, to] = jack.good_periods
    expect(rates).toEqual([...new Set(rates)].sort((a, b) => a - b))
    expect(rates).toContain(jack.rate)
    expect(jack.smallest_period).toBeLessThanOrEqual(from)
    expect(jack.period).toBeGreaterThanOrEqual(from)
    expect(jack.period).toBeLessThanOrEqual(to)
  })

  test.each(cards)(
    '$id is of a design that no other file is of',
    ({ id, name, also, found_by }) => {
      const theirs = others(id).map(cardOf)
      const names = theirs.flatMap((card) => [card.name, ...card.also])
      for (const one of [name, ...also]) expect(names).not.toContain(one)
      const { hat, usb } = found_by
      for (const product of hat)
        expect(theirs.flatMap((card) => card.found_by.hat)).not.toContain(product)
      const numbers = theirs.flatMap((card) =>
        card.found_by.usb === 'any' ? [] : card.found_by.usb,
      )
      for (const number of usb === 'any' ? [] : usb) expect(numbers).not.toContain(number)
    },
  )

  test.each(ids)('%s can be had on a board, with a kernel and a base', (id) => {
    expect(possible(id)).toBeDefined()
  })

  // resolve.test.ts has an image for one card of each kind
  test.each(named ?? [])('%s is what the files of an image for it are made for', (id) => {
    const { board, base, kernel } = possible(id)!
    const { value: source } = catalogue.entry('kernel', kernel, 'test')
    const asked = source.kind === 'packaged' ? (source.asked_as ?? kernel) : kernel
    const image = `board: ${board}\nsoundcard: ${id}\nbase: ${base}\n`
    // its pins may be those of the console
    const sets = [`kernel.source=${asked}`, 'tunings.serial-console=off']
    const plan = planOf({ 'image.yaml': image }, sets)
    expect(plan.soundcard.id).toBe(id)
    expect(filesOf(plan).get('/boot/firmware/config.txt')).toContain(cardOf(id).name)
  })

  test.each(cards.filter(({ mixer }) => mixer !== undefined))(
    '$id has a mixer of drivers whose controls are known',
    ({ mixer }) => {
      if (mixer!.drivers.length > 0) expect(controlsOf(mixer!.drivers)).toBeDefined()
    },
  )
})

const onUsb = cards.filter(({ bus, found_by }) => bus === 'usb' && found_by.usb !== 'any')

describe.runIf(onUsb.length > 0)('an interface on USB', () => {
  test.each(onUsb)('$id has numbers, and channels that are sure or left to it', (card) => {
    expect(card.found_by.usb).not.toHaveLength(0)
    // a number that an interface does not offer keeps jackd from starting
    if (card.channels === 'fixed') expect(card.source).toMatch(/quirks-table\.h/)
  })
})

const onHeader = cards.filter(({ bus }) => bus === 'i2s')

describe.runIf(onHeader.length > 0)('a card on the header', () => {
  test.each(onHeader)('$id has overlays and parameters that the kernel has', (card) => {
    const lines = [card, ...card.on].flatMap(({ overlay }) => overlay?.downstream ?? [])
    for (const line of lines) {
      const [name, ...parameters] = line.split(',')
      expect([...overlays.keys()]).toContain(name)
      for (const parameter of parameters)
        expect(overlays.get(name!), line).toContain(parameter.split('=')[0])
    }
    expect(lines.length + (card.overlay?.mainline === undefined ? 0 : 1)).toBeGreaterThan(0)
  })

  test.each(onHeader)('$id has an overlay of ours, or the reason why not', (card) => {
    const { mainline, none } = card.overlay ?? {}
    expect([mainline, none].filter((one) => one !== undefined)).toHaveLength(1)
  })

  test.each(onHeader)(
    '$id begins with a rate that it has with every kernel',
    ({ rates, jack, on }) => {
      for (const its of on.flatMap((one) => (one.rates === undefined ? [] : [one.rates]))) {
        expect(rates).toEqual(expect.arrayContaining(its))
        expect(its).toContain(jack.rate)
      }
    },
  )

  test.each(onHeader)('$id takes the pins of I2S, and has an id', (card) => {
    const { pins, alsa_id, i2s_lanes } = card
    // Of the data lines each card has those that it needs: in, or out.
    expect(pins).toEqual(expect.arrayContaining([18, 19]))
    expect(pins.includes(20) || pins.includes(21)).toBe(true)
    expect(pins).toEqual([...new Set(pins)].sort((a, b) => a - b))
    if (i2s_lanes > 1) expect(pins.filter((pin) => pin >= 20).length).toBeGreaterThanOrEqual(4)
    expect(alsa_id).toMatch(/^[A-Za-z][A-Za-z0-9]{0,14}$/)
  })

  test.each(onHeader)('$id has no more channels than its lines of I2S carry', (card) => {
    // All eight of the Octo go over one line, which logic on the card takes apart.
    const most = card.id === 'audioinjector-octo' ? 8 : 2 * card.i2s_lanes
    expect(card.playback + card.capture).toBeGreaterThan(0)
    expect(card.playback).toBeLessThanOrEqual(most)
    expect(card.capture).toBeLessThanOrEqual(most)
  })
})
