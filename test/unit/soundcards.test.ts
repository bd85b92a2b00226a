import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../lib/plan.ts'
import { render, renderSoundcards } from '../../lib/render.ts'
import { planOf, refusal, temporaryFolder } from './fixtures.ts'

const shelf = /^usr\/share\/downbeat\/soundcards\/([^/]+)\/(.*)$/
const three = { 'image.yaml': 'name: one\nboard: pi3b\nsoundcard: usb\n' }

describe('the sound cards that a card can be told', () => {
  const textsOf = (plan: Plan): { card: string; path: string; text: string }[] =>
    renderSoundcards(plan.configure).map(({ path, text }) => {
      const [, card, rest] = shelf.exec(path)!
      return { card: card!, path: rest!, text }
    })

  test('are those that this kernel and these boards can have', () => {
    expect(planOf(three).configure.others.map(({ id }) => id)).toEqual(['edirol-ua-25', 'hifiberry-dac', 'onboard'])
    // also where the image is named by its card
    const named = planOf({ 'image.yaml': 'board: pi3b\nsoundcard: usb\n' })
    expect(named.name).toMatch(/-usb$/)
    expect(named.configure.others.map(({ id }) => id)).toEqual(['edirol-ua-25', 'hifiberry-dac', 'onboard'])
    expect(planOf(three, ['kernel.source=raspberrypi']).configure.others.map(({ id }) => id)).toContain('hifiberry-dacplus')
    expect(planOf(three, ['board=zero2w']).configure.others.map(({ id }) => id)).not.toContain('onboard')
    expect(planOf(three, ['tunings.uart-midi=on', 'soundcard=none', 'profile=midi-only']).configure.others).toEqual([])
  })

  test('each have the very texts of an image that is made for them', () => {
    const plan = planOf(three)
    const texts = textsOf(plan)
    for (const id of [plan.soundcard.id, ...plan.configure.others.map(({ id }) => id)]) {
      const made = render(planOf(three, [`soundcard=${id}`]).configure)
      const told = texts.filter(({ card }) => card === id)
      expect(told.map(({ path }) => path)).toContain('boot/config.txt')
      for (const { path, text } of told) {
        expect(text, `${id}: ${path}`).toBe(made.find((one) => `${one.where}/${one.path}` === path)!.text)
      }
    }
  })

  test('have a text each wherever one of them differs, so that any can follow any', () => {
    const texts = textsOf(planOf(three))
    const ids = [...new Set(texts.map(({ card }) => card))]
    const paths = (id: string): string[] => texts.filter(({ card }) => card === id).map(({ path }) => path)
    for (const id of ids) expect(paths(id)).toEqual(paths(ids[0]!))
    expect(paths(ids[0]!)).not.toContain('boot/downbeat.toml')
  })
})

describe('soundcard: auto', () => {
  const auto = (): Plan => planOf({ 'image.yaml': 'board: pi3b\nsoundcard: auto\n' })
  const textOf = (path: string): string => render(auto().configure).find((one) => one.path === path)!.text

  test('is an image for any interface on USB, whose first boot looks for another', () => {
    expect(auto().soundcard.id).toBe('usb')
    expect(auto().name).toMatch(/-auto$/)
    expect(textOf('usr/lib/downbeat/first-boot')).toContain("step find_soundcard 'looking for the sound card'")
    expect(render(planOf(three).configure).find(({ path }) => path.endsWith('/first-boot'))!.text).not.toContain('find_soundcard')
  })

  test('needs a card that stands for every interface', () => {
    const edits = {
      'image.yaml': 'board: pi3b\nsoundcard: auto\n',
      'soundcards/usb.yaml': (text: string) => text.replace(/found_by.*\n/, ''),
    }
    expect(refusal(() => planOf(edits))).toBe(
      'image.yaml:2:12 soundcard: no file of soundcards/ says found_by: { usb: any }, which is what auto begins with',
    )
  })

  const found = (files: Record<string, string>): string => {
    const folder = temporaryFolder()
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const script = textOf('usr/lib/downbeat/find-soundcard').replaceAll(/ (\/proc|\/sys)|<(\/proc)/g, (all) =>
      all.replace('/', `${folder}/`),
    )
    const slept = 'sleep() { :; }\n' // what is not there by now will not come here
    return spawnSync('sh', ['-c', `${slept}${script}`], { encoding: 'utf8' }).stdout
  }
  test.for([
    ['a HAT that says what it is', { 'proc/device-tree/hat/product': 'Picade HAT\0' }, 'hifiberry-dac'],
    [
      'a USB interface that is known by its numbers',
      { 'sys/bus/usb/devices/1-1.2/idVendor': '0582\n', 'sys/bus/usb/devices/1-1.2/idProduct': '0074\n' },
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
    expect(found(files)).toBe(`${id}\n`)
  })
})
