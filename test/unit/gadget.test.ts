import { describe, expect, test } from 'vitest'
import type { Plan } from '../../lib/plan/plan.ts'
import {
  catalogueAt,
  filesOf,
  idsOf,
  planOf,
  refusalOf,
  repository,
  wholePlanOf,
} from './fixtures.ts'
import type { Edits } from './fixtures.ts'

const choices = (board: string, card: string, more = ''): Edits => ({
  'image.yaml': `board: ${board}\nsoundcard: ${card}\n${more}`,
})
const tuningOf = (plan: Plan, id: string): Plan['tunings'][number] =>
  plan.tunings.find((one) => one.id === id)!
const isOn = (plan: Plan, id: string): boolean => tuningOf(plan, id).off === undefined
const configOf = (plan: Plan): string => filesOf(plan).get('/boot/firmware/config.txt')!
const ON = ['tunings.usb-gadget=on']
const gadget = 'usb-gadget'

describe('a board of the Zero family', () => {
  test.each(['hifiberry-dac', 'none'])(
    'is a device of a computer by itself where its one port is free, with %s: the plug decides',
    (card) => {
      const plan = planOf(choices('zero2w', card))
      expect(isOn(plan, gadget)).toBe(true)
      expect(configOf(plan)).not.toMatch(/dtoverlay=(usb-|dwc2)/)
      expect(filesOf(plan).get('/etc/udev/rules.d/90-downbeat.rules')).toContain('downbeat-gadget')
    },
  )

  test.each([
    ['usb', ''],
    ['hifiberry-dac', 'root: usb\n'],
  ])('is none where %s %s needs the port, which is a host then', (card, more) => {
    const plan = planOf(choices('zero2w', card, more))
    expect(isOn(plan, gadget)).toBe(false)
    expect(filesOf(plan).get('/etc/udev/rules.d/90-downbeat.rules')).not.toContain('gadget')
    expect(configOf(plan)).toContain('\ndtoverlay=usb-host\n')
    const wrong = refusalOf(choices('zero2w', card, more), ON)
    expect(wrong).toMatch(
      /tunings\.usb-gadget: cannot be had here: board\.usb\.device\.free is false/,
    )
    expect(wrong).toMatch(/USB hub .*USB Ethernet adapter: AX88772.*CDC-NCM have their driver/)
  })

  test('says in its notes how to get in beside the sound card', () => {
    const { warnings } = planOf(choices('zero2w', 'usb'))
    expect(warnings.join('\n')).toMatch(/USB Ethernet adapter on a hub, beside the sound card/)
  })

  test('has what the plan says in the kernel: the adapters, and a port that can be a device', () => {
    const config = planOf(choices('zero2w', 'usb')).kernel!.fragments.map(({ text }) => text)
    for (const option of [
      'USB_NET_AX8817X=m',
      'USB_NET_AX88179_178A=m',
      'USB_RTL8152=m',
      'USB_NET_CDC_NCM=m',
      'USB_DWC2_DUAL_ROLE=y',
      'USB_CONFIGFS_NCM=y',
    ])
      expect(config.join('\n')).toContain(`\nCONFIG_${option}\n`)
  })
})

describe('another board', () => {
  test.each(['pi4b', 'pi400'])('%s is one when it is asked for, beside a USB card', (board) => {
    expect(tuningOf(planOf(choices(board, 'usb')), gadget).off).toBe(
      'switched off unless asked for',
    )
    expect(isOn(planOf(choices(board, 'usb'), ON), gadget)).toBe(true)
  })

  test('has the lines of config.txt that it needs, in its own section', () => {
    expect(configOf(planOf(choices('pi3a-plus', 'hifiberry-dac'), ON))).toContain(
      '\n# usb-gadget\ndtoverlay=usb-device\n',
    )
    const sections = configOf(planOf(choices('[zero2w, pi3a-plus]', 'hifiberry-dac'), ON))
    expect(sections).toMatch(/\n\[pi3\]\n# usb-gadget\ndtoverlay=usb-device\n/)
    expect(sections.match(/usb-device/g)).toHaveLength(1)
  })

  test('is taken from the controller that the lines of the board give it to', () => {
    const lines = configOf(planOf(choices('cm4', 'hifiberry-dac'), ON)).match(/^otg_mode=\d$/gm)
    expect(lines).toEqual(['otg_mode=1', 'otg_mode=0']) // the firmware takes the last one
  })

  test('of the same image is none where only a Zero is one by itself', () => {
    const plan = planOf(choices('[zero2w, pi4b]', 'hifiberry-dac'))
    expect(tuningOf(plan, gadget).boards).toEqual(['zero2w'])
    expect(tuningOf(planOf(choices('[zero2w, pi4b]', 'usb'), ON), gadget).boards).toEqual(['pi4b'])
  })

  test('with no such port is refused', () => {
    expect(refusalOf(choices('pi3b', 'hifiberry-dac'), ON)).toContain(
      'board.usb.device.can is false, not true',
    )
  })
})

test('an image for a USB card can be told one on the header, though the port is free then', () => {
  const { soundcards } = wholePlanOf(choices('zero2w', 'usb')).configure.view
  expect(soundcards.hats.length).toBeGreaterThan(0)
})

test("Raspberry Pi's own kernel gets its own overlay, and a Pi 5 is one with it alone", () => {
  const theirs = ['kernel.source=raspberrypi']
  expect(configOf(planOf(choices('zero2w', 'hifiberry-dac'), theirs))).toContain(
    '\n# usb-gadget\ndtoverlay=dwc2\n',
  )
  expect(configOf(planOf(choices('pi5', 'usb'), [...theirs, ...ON]))).toContain(
    '\ndtoverlay=dwc2,dr_mode=peripheral\n',
  )
})

test('of all boards, none has a sound card and a computer on the same port', () => {
  const catalogue = catalogueAt(repository)
  const able = idsOf('boards').filter((id) => {
    const { usb, arch } = catalogue.entry('boards', id, id).value
    return usb.device?.mainline !== undefined && arch.includes('arm64')
  })
  expect(able.length).toBeGreaterThan(4)
  const shared = new Set(
    able.filter((id) => catalogue.entry('boards', id, id).value.usb.device!.shared),
  )
  for (const id of able) {
    const on = shared.has(id) ? undefined : planOf(choices(id, 'usb'), ON)
    if (on === undefined)
      expect(refusalOf(choices(id, 'usb'), ON)).toContain('device.free is false')
    else expect(isOn(on, gadget)).toBe(true)
    expect(isOn(planOf(choices(id, 'hifiberry-dac'), ON), gadget)).toBe(true)
  }
})
