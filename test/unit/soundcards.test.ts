import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../lib/plan/plan.ts'
import { render, renderSoundcards } from '../../stages/configure/render.ts'
import {
  cardOf,
  idsOf,
  kindsOfCards,
  wholePlanOf,
  refusal,
  temporaryFolder,
  write,
} from './fixtures.ts'

const shelf = /^usr\/share\/downbeat\/soundcards\/([^/]+)\/(.*)$/
const three = { 'image.yaml': 'name: one\nboard: pi3b\nsoundcard: usb\n' }

describe('the sound cards that a card can be told', () => {
  const textsOf = (plan: Plan): { card: string; path: string; text: string }[] =>
    renderSoundcards(plan.configure).map(({ path, text }) => {
      const [, card, rest] = shelf.exec(path)!
      return { card: card!, path: rest!, text }
    })

  test('are those that this kernel and these boards can have', () => {
    const all = idsOf('soundcards').filter((id) => {
      const { bus, overlay } = cardOf(id)
      const onHeader = bus === 'i2s' && overlay?.mainline !== undefined
      return (bus === 'usb' && id !== 'usb') || bus === 'onboard' || onHeader
    })
    expect(wholePlanOf(three).configure.others.map(({ id }) => id)).toEqual(all)
    // also where the image is named by its card
    const named = wholePlanOf({ 'image.yaml': 'board: pi3b\nsoundcard: usb\n' })
    expect(named.name).toMatch(/-usb$/)
    expect(named.configure.others.map(({ id }) => id)).toEqual(all)
    expect(
      wholePlanOf(three, ['kernel.source=raspberrypi']).configure.others.map(({ id }) => id),
    ).toContain('pisound')
    expect(wholePlanOf(three, ['board=zero2w']).configure.others.map(({ id }) => id)).not.toContain(
      'onboard',
    )
    expect(
      wholePlanOf(three, ['tunings.uart-midi=on', 'soundcard=none', 'profile=midi-only']).configure
        .others,
    ).toEqual([])
  })

  test('each have the very texts of an image that is made for them', () => {
    const plan = wholePlanOf(three)
    const texts = textsOf(plan)
    const others = plan.configure.others.map(({ id }) => id)
    const kinds = kindsOfCards()
    for (const id of [plan.soundcard.id, ...others.filter((one) => kinds.includes(one))]) {
      const made = render(wholePlanOf(three, [`soundcard=${id}`]).configure)
      const told = texts.filter(({ card }) => card === id)
      expect(told.map(({ path }) => path)).toContain('boot/config.txt')
      for (const { path, text } of told) {
        expect(text, `${id}: ${path}`).toBe(
          made.find((one) => `${one.where}/${one.path}` === path)!.text,
        )
      }
    }
  })

  test('have a text each wherever one of them differs, so that any can follow any', () => {
    const texts = textsOf(wholePlanOf(three))
    const ids = [...new Set(texts.map(({ card }) => card))]
    const paths = (id: string): string[] =>
      texts.filter(({ card }) => card === id).map(({ path }) => path)
    for (const id of ids) expect(paths(id)).toEqual(paths(ids[0]!))
    expect(paths(ids[0]!)).not.toContain('boot/downbeat.toml')
  })
})

describe('soundcard: auto', () => {
  const auto = (): Plan => wholePlanOf({ 'image.yaml': 'board: pi3b\nsoundcard: auto\n' })
  const textOf = (path: string): string =>
    render(auto().configure).find((one) => one.path === path)!.text

  test('is an image for any interface on USB, whose first boot looks for another', () => {
    expect(auto().soundcard.id).toBe('usb')
    expect(auto().name).toMatch(/-auto$/)
    expect(textOf('usr/lib/downbeat/first-boot')).toContain(
      "step find_soundcard 'looking for the sound card'",
    )
    expect(
      render(wholePlanOf(three).configure).find(({ path }) => path.endsWith('/first-boot'))!.text,
    ).not.toContain('find_soundcard')
  })

  test('needs a card that stands for every interface', () => {
    const edits = {
      'image.yaml': 'board: pi3b\nsoundcard: auto\n',
      'soundcards/usb.yaml': (text: string) => text.replace(/found_by.*\n/, ''),
    }
    expect(refusal(() => wholePlanOf(edits))).toBe(
      'image.yaml:2:12 soundcard: auto needs a file in soundcards/ with found_by: { usb: any }, and there is none',
    )
  })

  /** What is found where there are these files, and, after it has slept for the nth time, those. */
  const found = (
    files: Record<string, string>,
    n = 0,
    late: Record<string, string> = {},
  ): { said: string; slept: number } => {
    const folder = temporaryFolder()
    write(folder, files)
    write(join(folder, 'late'), late)
    const script = textOf('usr/lib/downbeat/find-soundcard').replaceAll(
      / (\/proc|\/sys)|<(\/proc)/g,
      (all) => all.replace('/', `${folder}/`),
    )
    const sleep = `sleep() { echo >>${folder}/slept; [ $(wc -l <${folder}/slept) -ne ${n} ] || cp -r ${folder}/late/. ${folder}; }`
    const said = spawnSync('sh', ['-c', `${sleep}\n${script}`], { encoding: 'utf8' }).stdout
    const slept = join(folder, 'slept')
    return { said, slept: existsSync(slept) ? statSync(slept).size : 0 }
  }
  test.for([
    [
      'a HAT that says what it is',
      { 'proc/device-tree/hat/product': 'Picade HAT\0' },
      'hifiberry-dac',
    ],
    [
      'a USB interface that is known by its numbers',
      {
        'sys/bus/usb/devices/1-1.2/idVendor': '0582\n',
        'sys/bus/usb/devices/1-1.2/idProduct': '0074\n',
      },
      'edirol-ua-25',
    ],
    [
      'a HAT before what is on USB',
      {
        'proc/device-tree/hat/product': 'Picade HAT\0',
        'sys/bus/usb/devices/1-1.2/idVendor': '0582\n',
        'sys/bus/usb/devices/1-1.2/idProduct': '0074\n',
      },
      'hifiberry-dac',
    ],
    [
      'neither: a HAT of another kind, a hub',
      {
        'proc/device-tree/hat/product': 'Sense HAT\0',
        'sys/bus/usb/devices/1-1/idVendor': '0424\n',
        'sys/bus/usb/devices/1-1/idProduct': '9514\n',
      },
      'usb',
    ],
    ['nothing', {}, 'usb'],
  ] as const)('%s', ([, files, id]) => {
    expect(found(files).said).toBe(`${id}\n`)
  })

  test('a USB interface that comes up only while it is looked for, within six looks', () => {
    const edirol = {
      'sys/bus/usb/devices/1-1.2/idVendor': '0582\n',
      'sys/bus/usb/devices/1-1.2/idProduct': '0074\n',
    }
    expect(found(edirol)).toEqual({ said: 'edirol-ua-25\n', slept: 0 })
    expect(found({}, 5, edirol)).toEqual({ said: 'edirol-ua-25\n', slept: 5 })
    expect(found({}, 6, edirol)).toEqual({ said: 'usb\n', slept: 6 })
  })
})
