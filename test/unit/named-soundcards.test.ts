import { describe, expect, test } from 'vitest'
import { soundcardsCalled } from '../../lib/plan/choices/soundcards.ts'
import { alsaId } from '../../lib/plan/schema/alsa-id.ts'
import { catalogueAt, idsOf, refusalOf, repository } from './fixtures.ts'
import type { Edits } from './fixtures.ts'

const said = (soundcard: string, edits: Edits = {}): string =>
  refusalOf({ 'image.yaml': `board: pi4b\nsoundcard: ${soundcard}\n`, ...edits })

const named: Edits = {
  'soundcards/hifiberry-dac.yaml': (text) =>
    text
      .replace(/^also:.*\n( .*\n)*/m, '')
      .replace(/^bus:/m, "also: [Beat 2+, 'Twin: a card']\nbus:"),
  'soundcards/onboard.yaml': (text) => text.replace(/^bus:/m, 'also: [twin a card]\nbus:'),
}

describe('what is no id of a sound card', () => {
  test.each([
    ['another product of the same design', 'Beat 2+', 'Beat 2+', 'hifiberry-dac'],
    ['the same in other letters', 'beat2+', 'beat2+', 'hifiberry-dac'],
    ['what its EEPROM says', 'Picade HAT', 'Picade HAT', 'hifiberry-dac'],
    ['its ALSA id', 'Headphones', 'Headphones', 'onboard'],
    ['of two cards', '"twin: a card"', 'twin: a card', 'hifiberry-dac or --soundcard onboard'],
  ])('%s: the id to type is told', (_, typed, name, id) => {
    expect(said(typed, named)).toBe(
      `image.yaml:2:12: there is no soundcards/${name}.yaml: for that, --soundcard ${id}`,
    )
  })

  test('an overlay is, with the card that it is of', () => {
    const edits: Edits = {
      'soundcards/onboard.yaml': (text) =>
        text.replace(/^bus:/m, "overlay: { downstream: 'some-amp,loud=on' }\nbus:"),
    }
    expect(said('some-amp', edits)).toContain('for that, --soundcard onboard')
  })

  test('is refused with the nearest id, where it is near', () => {
    expect(said('hifibery-dac')).toContain('(did you mean "hifiberry-dac"?)')
    expect(said('a card of nobody')).toMatch(
      /a card of nobody\.yaml; \.\/downbeat list soundcards shows those that there are$/,
    )
  })

  test.each(['""', `"${'x'.repeat(81)}"`, '"a\\nb"', '[usb]'])('nor a name: %s', (text) => {
    expect(said(text)).toMatch(/^image\.yaml:2:12 soundcard: /)
  })
})

test('words find the cards that have them in a name, an overlay or an id', () => {
  const catalogue = catalogueAt(repository)
  expect(soundcardsCalled(catalogue, 'phat dac')).toEqual(['hifiberry-dac'])
  expect(soundcardsCalled(catalogue, 'pHAT')).toEqual(['hifiberry-dac'])
  expect(soundcardsCalled(catalogue, 'allo-boss-dac')).toEqual(['allo-boss'])
  expect(soundcardsCalled(catalogue, 'Headphones')).toEqual(['onboard'])
  expect(soundcardsCalled(catalogue, 'onboard')).toEqual(['onboard'])
  expect(soundcardsCalled(catalogue, 'no such words')).toEqual([])
  for (const id of idsOf('soundcards')) expect(soundcardsCalled(catalogue, id)).toContain(id)
})

describe('the id that ALSA makes of a name', () => {
  test.each([
    ['snd_rpi_hifiberry_dac', 'sndrpihifiberry'],
    ['bcm2835 Headphones', 'Headphones'],
    ['RPi DAC+', 'DAC'],
    ['Dion Audio LOCO-V2', 'LOCOV2'],
    ['UA-25', 'UA25'],
    ['a -b', 'ab'],
    ['name 2496', 'n2496'],
    ['_1', 'D1'],
    ['0123456789abcdef', 'D0123456789abcd'],
    // ASoC has room for 31 letters: what stands behind them is not there
    ['snd_rpi_a_card_of_many_letters tail', 'sndrpiacardofma'],
  ])('%s is %s', (name, id) => {
    expect(alsaId(name)).toBe(id)
  })

  test('is the one that stands beside it in a file', () => {
    expect(
      said('onboard', {
        'soundcards/onboard.yaml': (text) =>
          text
            .replace(/^alsa_(id|name):.*\n/gm, '')
            .replace(/^bus:/m, 'alsa_name: A Card\nalsa_id: Kard\nbus:'),
      }),
    ).toMatch(
      /^soundcards\/onboard\.yaml:\d+:\d+ alsa_id: expected Card, which is what ALSA makes of "A Card"$/,
    )
  })
})
