import { describe, expect, test } from 'vitest'
import { planOf, refusalOf } from './fixtures.ts'
import type { Edits } from './fixtures.ts'

const choices = (text: string): Edits => ({ 'image.yaml': text })
const four = 'board: pi4b\nsoundcard: usb\n'
const from = (source: string): string[] => ['base=raspios-lite-arm64', `kernel.source=${source}`]
const place = (source: string): string => `--set kernel.source=${source} kernel.source: ${source} does not do here:`

describe('a kernel', () => {
  test('that the base has as a package is not built: the package is installed, and the options of others are not promised', () => {
    const plan = planOf(choices(four), from('packaged'))
    expect(plan.kernel).toBeUndefined()
    expect(plan.overlays).toBeUndefined()
    expect(plan.rootfs.packages).toContain('linux-image-rpi-v8-rt')
    expect(plan.image.boot_of_base?.remove).not.toContain('overlays')
    const state = (id: string): string | undefined => plan.tunings.find((one) => one.id === id)!.off
    expect([state('packaged-kernel'), state('usb-audio')]).toEqual([undefined, undefined])
    expect(state('timer-1000hz')).toMatch(/^kernel\.source packaged builds no kernel/)
  })

  test("of Raspberry Pi's own source keeps the base's config.txt as it is, and names its trees by their own names", () => {
    const plan = planOf(choices('board: pi4b\nsoundcard: hifiberry-dac\n'), from('raspberrypi'))
    expect(plan.kernel).toMatchObject({ source: { kind: 'git' }, build: { defconfig: 'bcm2711_rt_defconfig', overlays: 'overlays' } })
    expect(plan.image.boot_of_base).toMatchObject({ unfit: [] })
    expect(plan.configure.view.kernel).toEqual({ file_name: 'kernel8.img', arm_64bit: true, mainline: false })
    expect(plan.configure.view.config_txt.flatMap(({ lines }) => lines.map(({ text }) => text))).toContain('dtoverlay=hifiberry-dac')
    expect(plan.configure.view.cmdline.map(({ text }) => text)).toContain('console=serial0,115200')
  })

  test('that is the package of a base without one is refused, with those that can be had', () => {
    expect(refusalOf(choices(four), ['kernel.source=packaged'])).toBe(
      `${place('packaged')} Debian 13 (trixie), arm64 has no realtime kernel; --set kernel.source=debian or --set kernel.source=raspberrypi`,
    )
  })

  const board = (edit: (text: string) => string): Edits => ({ ...choices(four), 'boards/pi4b.yaml': edit })
  test.each<[string, Edits, string]>([
    [
      'the chip',
      board((text) => text.replace('soc: bcm2711', 'soc: bcm2712')),
      'it does not run on the bcm2712 of pi4b; --set kernel.source=raspberrypi',
    ],
    [
      'the device tree',
      board((text) => text.replace(/\n +mainline: .*/, '')),
      'it has no device tree for pi4b; --set kernel.source=raspberrypi',
    ],
    [
      'the sound card',
      {
        ...choices('board: pi4b\nsoundcard: hifiberry-dac\n'),
        'soundcards/hifiberry-dac.yaml': (text) => text.replace('mainline: hifiberry-dac, ', ''),
      },
      'it has no overlay for hifiberry-dac; --set kernel.source=raspberrypi',
    ],
  ])('that does not serve %s is refused, with the reason and the one that does', (_, edits, words) => {
    expect(refusalOf(edits, ['kernel.source=debian'])).toBe(`${place('debian')} ${words}`)
  })
})
