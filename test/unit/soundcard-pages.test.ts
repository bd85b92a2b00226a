import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buyingPage } from '../../scripts/generate/buying-page.ts'
import { cell, soundcardPages } from '../../scripts/generate/soundcard-pages.ts'
import { soundcardFacts } from '../../scripts/soundcards/facts.ts'
import { listedSoundcards, soundcardLines } from '../../scripts/soundcards/listed.ts'
import { latencyOf, provenOf, ratesOf } from '../../scripts/soundcards/words.ts'
import { asked } from './kernel-choices.ts'
import { cardOf, catalogueAt, choiceFiles, idsOf, refusal, repository } from './fixtures.ts'

const catalogue = catalogueAt(repository)
const facts = soundcardFacts(catalogue)
const factsOf = (id: string) => facts.find(({ card }) => card.id === id)!

describe('what is said of a sound card', () => {
  test('are the milliseconds that its period, periods and rate make', () => {
    const jack = { ...cardOf('usb').jack, period: 128, periods: 3, rate: 48000 }
    expect(latencyOf({ ...cardOf('usb'), jack })).toBe('8.0')
    expect(latencyOf({ ...cardOf('usb'), jack: { ...jack, rate: 44100 } })).toBe('8.7')
  })

  test.each([
    [[48000], false, '48 kHz'],
    [[44100, 192000, 48000], false, '44.1 to 192 kHz'],
    [[44100, 48000], true, '44.1 to 48 kHz or more'],
  ])('are its rates: %j', (rates, other_rates, words) => {
    expect(ratesOf({ ...cardOf('usb'), rates, other_rates })).toBe(words)
  })

  test('is what was tried, from the strongest on, and nothing more', () => {
    expect(provenOf(factsOf('usb'))).toBe('started and heard in an emulator')
    expect(provenOf(factsOf('hifiberry-dac'))).toBe(
      "started in an emulator, without the card; overlay compared with the kernel's source",
    )
    expect(provenOf(factsOf('audioinjector'))).toBe(
      "overlay and mixer compared with the kernel's source",
    )
    expect(provenOf(factsOf('motu-m-series'))).toBe('planned only')
    for (const { proven } of facts)
      for (const file of [...proven.heard, ...proven.started]) expect(choiceFiles).toContain(file)
  })

  test('are boards and kernels that an image for it can have, and no others', () => {
    // of the cards one of each kind of answer
    const kinds = Map.groupBy(facts, ({ boards }) => JSON.stringify(boards))
    for (const [{ card, boards } = factsOf('usb')] of kinds.values())
      for (const board of idsOf('boards')) {
        const kernels = boards.find(({ id }) => id === board)?.kernels ?? []
        const possible = idsOf('bases').some(
          (base) => typeof asked([board], base, card.id) !== 'string',
        )
        expect(kernels.length > 0, `${card.id} on ${board}`).toBe(possible)
      }
  })
})

describe('the list', () => {
  const ids = (question: Parameters<typeof listedSoundcards>[1]): string[] =>
    Object.keys(listedSoundcards(catalogue, question))

  test('has those that can be had on a board, and record', () => {
    const recording = idsOf('soundcards').filter((id) => cardOf(id).capture > 0)
    expect(ids({ records: true })).toEqual(recording)
    const possible = recording.filter((id) => cardOf(id).on.every((on) => on.cannot === undefined))
    expect(ids({ board: 'pi5', records: true })).toEqual(possible)
    expect(ids({ board: 'pi1b' })).not.toContain('hifiberry-dac')
    expect(ids({ board: 'pi4b' })).not.toContain('ezsound-6x8')
    expect(ids({ board: 'pi5' })).toContain('ezsound-6x8')
    expect(ids({ board: 'pi5, pi4b' })).not.toContain('ezsound-6x8')
    expect(ids({ board: 'pi4b', words: 'scarlett', records: true })).toContain(
      'focusrite-scarlett-4i4',
    )
  })

  test('says which kernels serve, and of faults only those of the board', () => {
    const [octo] = Object.values(listedSoundcards(catalogue, { board: 'pi4b', words: 'octo' }))
    expect(octo!.kernels).toEqual(['raspberrypi', 'packaged'])
    expect(octo!.boards).toEqual(['pi4b'])
    expect(octo!.why_not).toContain('only noise')
    expect(octo!.why_not).not.toContain('pi5')
    expect(octo!.latency_ms).toBe(5.3)
  })

  test('is two lines or more a card for a person', () => {
    const lines = soundcardLines(listedSoundcards(catalogue, { board: 'pi4b', words: 'octo' }))
    expect(lines.slice(0, 3)).toEqual([
      '  audioinjector-octo  6 in, 8 out    AudioInjector Octo',
      "                      8 to 96 kHz; 5.3 ms (128 x 2 / 48 kHz); proven: overlay and mixer compared with the kernel's source",
      '                      kernels: raspberrypi, packaged',
    ])
  })

  test.each([
    [
      { board: 'pi6' },
      /^--board: there is no boards\/pi6\.yaml \(\.\/downbeat list boards shows what there is\)$/,
    ],
    [{ words: 'accordion' }, /^no sound card here has "accordion" in its name/],
    [
      { board: 'pi1b', words: 'pisound' },
      'no sound card here has "pisound" in a name of it, can be had on pi1b; the same without --board shows more',
    ],
    [
      { words: 'hifiberry-amp', records: true },
      'no sound card here has "hifiberry-amp" in a name of it, records; the same without --records shows more',
    ],
  ] as const)('refuses what there is none of: %j', (question, words) => {
    const said = refusal(() => listedSoundcards(catalogue, question))
    if (typeof words === 'string') expect(said).toBe(words)
    else expect(said).toMatch(words)
  })
})

describe('docs/soundcards.md and docs/which-interface.md', () => {
  test('are what ./downbeat generate would write', () => {
    const read = (file: string): string => readFileSync(join(repository, 'docs', file), 'utf8')
    expect(read('soundcards.md')).toBe(soundcardPages(repository))
    expect(read('which-interface.md')).toBe(buyingPage(repository))
  })

  test('have a row for each card, and on the second page one for each that is sold', () => {
    const [all, sold] = [soundcardPages(repository), buyingPage(repository)]
    for (const id of idsOf('soundcards')) {
      const { bus, found_by } = cardOf(id)
      expect(all.split(`| \`${id}\` |`), id).toHaveLength(2)
      const product = bus === 'i2s' || (bus === 'usb' && found_by.usb !== 'any')
      expect(sold.split(`| \`${id}\` |`), id).toHaveLength(product ? 2 : 1)
    }
  })

  test('have tables whose rows have as many cells as their head', () => {
    for (const text of [soundcardPages(repository), buyingPage(repository)])
      for (const table of text.match(/(^\|.*\n)+/gm) ?? []) {
        const cells = table
          .trim()
          .split('\n')
          .map((row) => row.match(/(?<!\\)\|/g)!.length)
        expect(new Set(cells).size, table.slice(0, 200)).toBe(1)
      }
  })

  test('show a text of a file as it is, whatever is in it', () => {
    expect(cell('a | b_c <d> [e](f)')).toBe(String.raw`a \| b\_c \<d\> \[e\](f)`)
  })
})
