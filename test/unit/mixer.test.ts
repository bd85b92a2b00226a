import { describe, expect, test } from 'vitest'
import type { Plan } from '../../lib/plan/plan.ts'
import { controlsOf, dBOf, findControl } from '../../lib/plan/schema/mixer-controls.ts'
import { settingOf } from '../../lib/plan/schema/mixer.ts'
import { render, renderSoundcards } from '../../stages/configure/render.ts'
import { catalogueAt, idsOf, planOf, refusalOf, repository, wholePlanOf } from './fixtures.ts'
import type { Edits } from './fixtures.ts'

/** A card with inputs, in the place of one that only plays. */
const mixer = `mixer:
  drivers: [sound/soc/codecs/wm8731]
  always:
    Output Mixer HiFi Playback Switch: on
    Master Playback Volume: { set: -12dB, most: 0dB, why: the headphone socket }
    Mic Boost Volume: { set: 0, optional: true }
  inputs:
    line: { about: the line input, controls: { Input Mux: Line In, Mic Capture Switch: off } }
    mic: { about: a microphone, controls: { Input Mux: Mic, Mic Capture Switch: on } }
  source: nobody
`
const image = 'name: one\nboard: pi3b\nsoundcard: hifiberry-dac\n'
const card = (text = mixer): Edits => ({
  'image.yaml': image,
  'soundcards/hifiberry-dac.yaml': (before) =>
    `${before.replace('capture: 0', 'capture: 2')}${text}`,
})
const textOf = (plan: Plan): string =>
  render(plan.configure).find(({ path }) => path === 'etc/downbeat/mixer')!.text
const linesOf = (plan: Plan): string[] =>
  textOf(plan)
    .split('\n')
    .filter((line) => line.includes('\t'))

describe('the mixer of a card', () => {
  test('is set for its first input, and the others stand beside it', () => {
    expect(linesOf(planOf(card()))).toEqual([
      'sndrpihifiberry\tOutput Mixer HiFi Playback Switch\ton',
      'sndrpihifiberry\tMaster Playback Volume\t-12dB',
      'sndrpihifiberry\tMic Boost Volume\t0\toptional',
      'sndrpihifiberry\tInput Mux\tLine In',
      'sndrpihifiberry\tMic Capture Switch\toff',
      '#sndrpihifiberry\tInput Mux\tMic',
      '#sndrpihifiberry\tMic Capture Switch\ton',
    ])
    expect(textOf(planOf(card()))).toContain('\n# line: the line input\n')
  })

  test('is set for the input that is asked for', () => {
    const lines = linesOf(planOf(card(), ['soundcard_input=mic']))
    expect(lines).toContain('sndrpihifiberry\tInput Mux\tMic')
    expect(lines).toContain('#sndrpihifiberry\tInput Mux\tLine In')
  })

  test('has levels of the image', () => {
    const text = `${image}mixer: { Master Playback Volume: -3dB, Mic Capture Switch: on }\n`
    const lines = linesOf(planOf({ ...card(), 'image.yaml': text }))
    expect(lines).toContain('sndrpihifiberry\tMaster Playback Volume\t-3dB')
    expect(lines).toContain('sndrpihifiberry\tMic Capture Switch\ton')
  })

  test('has another name where ALSA cannot keep a control', () => {
    const edits = card(mixer.replace('{ set: 0, optional: true }', '{ set: 0, each_time: true }'))
    expect(linesOf(planOf(edits))).toContain('sndrpihifiberry\tMic Boost Volume\t0\teach-time')
  })

  test('is nothing where its file says nothing', () => {
    expect(linesOf(planOf({ 'image.yaml': image }))).toEqual([])
  })
})

describe('an image for any interface on USB', () => {
  const known: Edits = {
    'image.yaml': 'name: one\nboard: pi3b\nsoundcard: usb\n',
    'soundcards/edirol-ua-25.yaml': (text) =>
      `${text}mixer: { always: { PCM Playback Volume: 0dB }, source: nobody }\n`,
  }

  test('has the mixers of those that are known, by their numbers', () => {
    const before = linesOf(planOf({ 'image.yaml': known['image.yaml']! }))
    const others = linesOf(planOf(known)).filter((line) => !before.includes(line))
    expect(before).toContain('1235:8211,1235:8210\tMSD Mode Switch\toff\toptional')
    expect(others).toEqual(['0582:0074,0582:0073\tPCM Playback Volume\t0dB'])
  })

  test('has that of another card where it is told that', () => {
    const edits = { ...known, ...card(), 'image.yaml': known['image.yaml']! }
    const told = (id: string): string =>
      renderSoundcards(wholePlanOf(edits).configure).find(
        ({ path }) => path === `usr/share/downbeat/soundcards/${id}/root/etc/downbeat/mixer`,
      )!.text
    expect(told('hifiberry-dac')).toContain('sndrpihifiberry\tInput Mux\tLine In')
    expect(told('usb')).toContain('0582:0074,0582:0073\t')
    expect(told('edirol-ua-25')).toContain('0582:0074,0582:0073\t')
    expect(told('onboard')).toContain('Headphones\tPCM Playback Volume\t')
  })

  test('does not ask of another card what it asks of its own', () => {
    const edits = { ...known, ...card(), 'image.yaml': `${image}soundcard_input: mic\n` }
    const others = wholePlanOf(edits).configure.others.map(({ id }) => id)
    expect(others).toContain('onboard')
    expect(others).toContain('usb')
  })
})

describe('refused is', () => {
  test.each([
    ['soundcard_input=mik', 'has no mik (did you mean "mic"?): it has line, mic'],
    ['soundcard_input=phono', 'has no phono: it has line, mic'],
    [
      'mixer={Mastr Playback Volume: -3dB}',
      'sets no such control (did you mean "Master Playback Volume"?)',
    ],
    [
      'mixer={Master Playback Volume: 3dB}',
      '3dB is more than 0dB, the most that is safe (the headphone socket)',
    ],
    [
      'mixer={Master Playback Volume: 100}',
      'expected a level like -12dB, because 0dB is the most that is safe; got 100',
    ],
    [
      'mixer={Master Playback Volume: 9dB}',
      'Master Playback Volume goes from -121dB to 6dB, not to 9dB',
    ],
    ['mixer={Input Mux: Line}', 'Input Mux has no "Line": it knows Line In, Mic'],
    ['mixer={Input Mux: Lin In}', 'Input Mux has no "Lin In" (did you mean "Line In"?): it knows'],
    ['mixer={Mic Capture Switch: 50%}', 'Mic Capture Switch is on or off, not 50%'],
    ['mixer={Mic Boost Volume: on}', 'Mic Boost Volume is a level, not on'],
    ['mixer={Mic Boost Volume: 2}', 'Mic Boost Volume goes from 0 to 1, not to 2'],
    [`mixer={"x'y": 2}`, 'expected the name of a control of ALSA'],
    ['mixer={Mic Boost Volume: 1.5}', 'expected a whole number or text, got 1.5'],
  ])('%s', (set, why) => {
    expect(refusalOf(card(), [set])).toContain(why)
  })

  test('an input of a card that only plays, or that has none to choose from', () => {
    const said = (edits: Edits): string =>
      refusalOf({ ...edits, 'image.yaml': `${image}soundcard_input: mic\n` })
    expect(said({})).toBe(
      'image.yaml:4:18 soundcard_input: HiFiBerry DAC, DAC+ Light, MiniAmp or any PCM5102A on I2S cannot record: it only plays',
    )
    expect(said(card(''))).toContain('has no inputs to choose from')
  })

  test('a level for a card without a mixer', () => {
    expect(refusalOf({ 'image.yaml': `${image}mixer: { Master Playback Volume: 0 }\n` })).toBe(
      'image.yaml:4:34 mixer.Master Playback Volume: soundcards/hifiberry-dac.yaml has no mixer: alsamixer on the card sets it',
    )
  })

  test.each([
    [
      'Master Playback Volume:',
      'Mastr Playback Volume:',
      'has no control "Mastr Playback Volume", says the source of sound/soc/codecs/wm8731 (did you mean "Master Playback Volume"?)',
    ],
    ['set: -12dB', 'set: 3dB', 'set is 3dB, and most is 0dB: expected set to be no more'],
    ['set: -12dB', 'set: 12', 'set is 12, and most is 0dB: expected set to be no more'],
    ['most: 0dB', 'most: 20dB', 'goes from -121dB to 6dB, not to 20dB'],
    ['Input Mux: Line In', 'Input Mux: CD', 'Input Mux has no "CD": it knows Line In, Mic'],
    [
      ', Mic Capture Switch: off',
      '',
      'Mic Capture Switch is missing, which mic sets: say what it is with line',
    ],
    [
      '{ set: 0, optional: true }',
      '{ set: 0, most: 1 }\n    Input Mux: Mic',
      'Input Mux stands in always, too',
    ],
    ['sound/soc/codecs/wm8731', 'wm8731.c', 'expected a file of the kernel without .c'],
  ])('a file of a card with %s that becomes %s', (before, after, why) => {
    const said = refusalOf(card(mixer.replace(before, after)))
    expect(said).toMatch(/^soundcards\/hifiberry-dac\.yaml:\d+:\d+ mixer/)
    expect(said).toContain(why)
  })

  test('a mixer of a card that nobody can know', () => {
    const edits: Edits = {
      'image.yaml': image,
      'soundcards/usb.yaml': (text) => `${text}mixer: { source: nobody }\n`,
    }
    expect(refusalOf({ ...edits, 'image.yaml': 'board: pi3b\nsoundcard: usb\n' })).toContain(
      'expected alsa_id or found_by.usb beside it, by which the card is known',
    )
  })
})

describe('the mixers of soundcards/', () => {
  const cards = idsOf('soundcards').flatMap((id) => {
    const { mixer: its } = catalogueAt(repository).entry('soundcards', id, 'test').value
    return its === undefined ? [] : [{ id, its }]
  })
  const settings = cards.flatMap(({ id, its }) =>
    [its.always, ...Object.values(its.inputs).map(({ controls }) => controls)].flatMap((all) =>
      Object.entries(all).map(([name, setting]) => ({
        id,
        its,
        name,
        setting: settingOf(setting),
      })),
    ),
  )

  test('have what is safe for what is worn on ears or is a loudspeaker, and that is not all', () => {
    const loud = settings.filter(
      ({ name, setting }) =>
        /headphone|speaker|^HP .*(gain|volume)/i.test(name) &&
        /volume|gain/i.test(name) &&
        setting.set !== 0,
    )
    for (const { id, its, name, setting } of loud) {
      const { most } = setting
      expect(most, `${id}: ${name}`).toBeDefined()
      const control = findControl(controlsOf(its.drivers) ?? [], name)
      if (control?.kind === 'level' && String(most).endsWith('dB'))
        expect(parseFloat(String(most)), `${id}: ${name}`).toBeLessThan(dBOf(control)!.to)
    }
  })
})
