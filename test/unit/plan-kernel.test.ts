import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { machineOf } from '../../lib/prove/emulator/emulator.ts'
import { boot as bootStage } from '../../stages/boot.ts'
import { sound as soundStage } from '../../stages/sound.ts'
import { boardOf, filesOf, planOf, refusalOf, temporaryFolder } from './fixtures.ts'
import type { Edits } from './fixtures.ts'

const choices = (text: string): Edits => ({ 'image.yaml': text })
const four = 'board: pi4b\nsoundcard: usb\n'
const from = (source: string): string[] => ['base=raspios-lite-arm64', `kernel.source=${source}`]
const place = (source: string): string =>
  `--set kernel.source=${source} kernel.source: ${source} does not do here:`

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

  test('that is a package is proven by its own options, where a driver may be a module', () => {
    const optionsOf = (...sets: string[]): string[] =>
      planOf(choices('board: pi3b\nsoundcard: usb\n'), sets)
        .tunings.find(({ id }) => id === 'usb-disks')!
        .proofs.map((proof) => ('config' in proof ? proof.config : 'run'))
    const [scsi, disk, drive] = ['CONFIG_SCSI', 'CONFIG_BLK_DEV_SD', 'CONFIG_USB_STORAGE']
    expect(optionsOf()).toEqual([`${scsi}=y`, `${disk}=y`, `${drive}=y`, 'run'])
    expect(optionsOf('kernel.source=packaged')).toEqual([
      `${scsi}=m`,
      `${disk}=m`,
      `${drive}=m`,
      'run',
    ])
  })

  test("of Raspberry Pi's own source keeps the base's config.txt as it is, and names its trees by their own names", () => {
    const plan = planOf(choices('board: pi4b\nsoundcard: hifiberry-dac\n'), from('raspberrypi'))
    expect(plan.kernel).toMatchObject({
      source: { kind: 'git' },
      build: { defconfig: 'bcm2711_rt_defconfig', overlays: 'overlays' },
    })
    expect(plan.image.boot_of_base).toMatchObject({ unfit: [] })
    expect(plan.configure.view.kernel).toMatchObject({
      file_name: 'kernel8.img',
      arm_64bit: true,
      mainline: false,
      initramfs: '',
    })
    expect(
      plan.configure.view.config_txt.flatMap(({ lines }) => lines.map(({ text }) => text)),
    ).toContain('dtoverlay=hifiberry-dac')
    expect(plan.configure.view.cmdline.map(({ text }) => text)).toContain('console=serial0,115200')
  })

  test("of Raspberry Pi's own source carries the MIDI overlay of ours that its boards need, and no other; its cards it has itself", () => {
    const boards = { ...choices('board: [pi4b, pi5]\nsoundcard: hifiberry-dac\n') }
    expect(planOf(boards, from('raspberrypi')).overlays).toBeUndefined()
    const midi = [...from('raspberrypi'), 'tunings.uart-midi=on', 'tunings.serial-console=off']
    const { overlays, configure } = planOf(boards, midi)
    expect(overlays!.sources.map(({ path }) => path)).toEqual([
      'serial-midi-bluetooth.dts',
      'serial-midi-rp1.dts',
    ])
    expect(overlays!.tried).toEqual([
      { overlay: 'serial-midi-bluetooth', device_tree: 'bcm2711-rpi-4-b' },
      { overlay: 'serial-midi-rp1', device_tree: 'bcm2712-rpi-5-b' },
    ])
    expect(
      configure.view.config_txt.map(({ filter, lines }) => [filter, lines.map(({ text }) => text)]),
    ).toEqual([
      ['all', expect.arrayContaining(['dtoverlay=hifiberry-dac', 'force_turbo=1'])],
      ['pi4', ['arm_boost=1', 'dtoverlay=serial-midi-bluetooth']],
      ['pi5', ['dtoverlay=serial-midi-rp1', 'usb_max_current_enable=1']],
    ])
    expect(configure.view.modprobe.map(({ text }) => text)).toContain(
      'options snd slots=snd_soc_rpi_simple_soundcard',
    )
  })

  test('that the base has as a package has no driver for MIDI on the header, and says so', () => {
    expect(
      refusalOf(choices(four), [
        ...from('packaged'),
        'tunings.uart-midi=on',
        'tunings.serial-console=off',
      ]),
    ).toBe(
      '--set tunings.uart-midi=on tunings.uart-midi: does nothing without the tuning uart-midi-driver',
    )
  })

  test('that is the package of a base without one is refused, with those that can be had', () => {
    const edits = {
      ...choices(four),
      'bases/debian-trixie-arm64.yaml': (text: string) => text.replace(/^realtime_kernel.*\n/m, ''),
    }
    expect(refusalOf(edits, ['kernel.source=packaged'])).toBe(
      `${place('packaged')} Debian 13 (trixie), arm64 has no realtime kernel; --set kernel.source=debian or --set kernel.source=backports or --set kernel.source=raspberrypi`,
    )
  })

  test('that Debian has as a package is installed, with its initramfs where the firmware looks for it', () => {
    const plan = planOf(choices('board: [pi3b, pi4b]\nsoundcard: usb\n'), [
      'kernel.source=packaged',
    ])
    expect(plan.kernel).toBeUndefined()
    expect(plan.rootfs.packages).toContain('linux-image-rt-arm64')
    expect(plan.image).toMatchObject({ kernel_of_package: true })
    expect(plan.image.kernel_file_name).toBeUndefined()
    const files = filesOf(plan)
    expect(files.get('/boot/firmware/config.txt')).toContain(
      '\nkernel=kernel8.img\ninitramfs initramfs8 followkernel\n',
    )
    expect(files.get('/usr/share/downbeat/packaged-kernel')).toContain(
      "\nKERNEL='kernel8.img'\nINITRAMFS='initramfs8'\nDEVICE_TREES='broadcom/bcm2837-rpi-*.dtb broadcom/bcm2711-rpi-*.dtb '\n",
    )
    expect(files.get('/boot/firmware/cmdline.txt')).toContain(
      'cpufreq.default_governor=performance',
    )
    expect(plan.configure.templates.map(({ path }) => path)).toContain(
      'root/etc/initramfs/post-update.d/downbeat',
    )
  })

  test('that is built here, or that the base itself puts there, needs nothing of that', () => {
    for (const sets of [[], from('packaged')]) {
      const plan = planOf(choices(four), sets)
      expect(plan.image.kernel_of_package).toBeUndefined()
      expect(filesOf(plan).get('/boot/firmware/config.txt')).not.toContain('initramfs')
      expect(filesOf(plan).has('/usr/lib/downbeat/take-kernel')).toBe(false)
    }
  })

  const board = (edit: (text: string) => string): Edits => ({
    ...choices(four),
    'boards/pi4b.yaml': edit,
  })
  test.each<[string, Edits, string]>([
    [
      'the chip',
      board((text) => text.replace('soc: bcm2711', 'soc: bcm2712')),
      'it does not run on the bcm2712 of pi4b; --set kernel.source=backports or --set kernel.source=raspberrypi',
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
  ])(
    'that does not serve %s is refused, with the reason and the one that does',
    (_, edits, words) => {
      expect(refusalOf(edits, ['kernel.source=debian'])).toBe(`${place('debian')} ${words}`)
    },
  )
})

describe('a card on the header', () => {
  const four = (card: string, ...more: string[]): Edits =>
    choices([`board: pi4b\nsoundcard: ${card}`, ...more, ''].join('\n'))
  const kernelOf = (...[edits, sets]: Parameters<typeof planOf>): string | undefined =>
    planOf(edits, sets).kernel?.name

  test('has a mainline kernel by itself, where there is an overlay of ours for it', () => {
    expect(kernelOf(four('hifiberry-dacplus'))).toBe('debian')
    expect(planOf(four('hifiberry-dacplus')).soundcard.driver).toBe('snd_soc_simple_card')
    const pisound = planOf(four('pisound'))
    expect(pisound.kernel?.name).toBe('raspberrypi')
    const why = 'it has no overlay for pisound: mainline has no driver for its controller'
    expect(pisound.origins['kernel.source']!.from).toContain(why)
    expect(refusalOf(four('pisound'), ['kernel.source=backports'])).toBe(
      `${place('backports')} ${why}; --set kernel.source=raspberrypi`,
    )
  })

  test('has an overlay of ours or a reason, not both', () => {
    const both = (text: string): string => text.replace('{ mainline:', '{ none: no way, mainline:')
    expect(refusalOf({ ...four('udrc'), 'soundcards/udrc.yaml': both })).toContain(
      'overlay.none: expected no reason beside mainline: there is one',
    )
  })

  test('has the kernel with which it runs at the rate that is asked for', () => {
    expect(kernelOf(four('audioinjector'))).toBe('debian')
    expect(planOf(four('audioinjector')).soundcard.rates).toEqual([48000])
    const other = four('audioinjector', 'jack: { rate: 44100 }')
    expect(kernelOf(other)).toBe('raspberrypi')
    expect(refusalOf(other, ['kernel.source=debian'])).toBe(
      `${place('debian')} with it audioinjector runs at 48000 Hz only; --set kernel.source=raspberrypi`,
    )
  })

  test("is not had with Debian's own kernel, where that has no driver for it", () => {
    const packaged = (card: string): string =>
      refusalOf(four(card), ['base=debian-trixie-arm64', 'kernel.source=packaged'])
    expect(packaged('audioinjector')).toContain(
      'it has no driver for the converter of audioinjector; --set kernel.source=debian',
    )
    expect(() => planOf(four('fe-pi'), ['kernel.source=packaged'])).not.toThrow()
  })
})

describe('a board with a chip that the usual kernel does not know', () => {
  const five = 'board: pi5\nsoundcard: usb\n'

  test('says which kernels do, for the base that was chosen', () => {
    const why = `${place('debian')} it does not run on the bcm2712 of pi5;`
    const two = '--set kernel.source=backports or --set kernel.source=raspberrypi'
    expect(refusalOf(choices(five), ['kernel.source=debian'])).toBe(`${why} ${two}`)
    expect(refusalOf(choices(five), from('debian'))).toBe(
      `${why} ${two} or --set kernel.source=packaged`,
    )
  })

  test("takes the newest Linux of Debian by itself, with what the board needs of mainline's", () => {
    const plan = planOf(choices(five))
    expect(plan.kernel).toMatchObject({
      name: 'backports',
      source: { kind: 'linux-source', pocket: 'backports' },
    })
    expect(plan.kernel!.series).toBeUndefined()
    expect(plan.origins['kernel.source']).toEqual({
      value: 'backports',
      from: 'chosen: not debian, because it does not run on the bcm2712 of pi5',
    })
    expect(plan.warnings).toContainEqual(
      expect.stringMatching(/^the kernel is the newest Linux .*: debian: it does not run on/),
    )
    const lines = plan.configure.view.config_txt.flatMap((section) => section.lines)
    expect(lines.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['arm_freq=1500', 'enable_uart=1', 'usb_max_current_enable=1']),
    )
    expect(plan.configure.view.cmdline.map(({ text }) => text)).toContain('console=ttyAMA10,115200')
    expect(plan.overlays!.tried).toEqual([{ overlay: 'bcm2712d0', device_tree: 'bcm2712-rpi-5-b' }])
  })

  test('shares an image with the others, whose console comes last, and keeps its clock to itself', () => {
    const plan = planOf(choices('board: [pi3b, zero2w, pi4b, pi5]\nsoundcard: usb\n'))
    expect(plan.kernel!.name).toBe('backports')
    const consoles = plan.configure.view.cmdline.map(({ text }) => text)
    expect(consoles.filter((text) => text.startsWith('console='))).toEqual([
      'console=ttyAMA10,115200',
      'console=ttyS1,115200',
    ])
    const held = plan.configure.view.config_txt.filter(({ lines }) =>
      lines.some(({ text }) => text.startsWith('arm_freq=')),
    )
    expect(held.map(({ filter }) => filter)).toEqual(['pi5'])
  })

  test('has its own clock where it is told another one, and with a kernel that turns its fan', () => {
    const state = (...sets: string[]): string | undefined =>
      planOf(choices(five), sets).tunings.find(({ id }) => id === 'clock-without-fan')!.off
    expect(state()).toBeUndefined()
    expect(state('kernel.source=raspberrypi')).toMatch(/board\.held_clock is not set/)
    expect(planOf(choices(five), ['overclock={arm_freq: 2000}']).origins['overclock']!.value).toBe(
      '{"arm_freq":2000}',
    )
    expect(state('overclock={arm_freq: 2000}')).toMatch(/overclock\.chosen/)
  })

  test('has its console on the header, its USB current and its firmware in a chip, and is said to be untried', () => {
    const plan = planOf(choices(five), ['kernel.source=raspberrypi'])
    const [section, ...others] = plan.configure.view.config_txt
    expect(others).toEqual([])
    expect(section!.lines.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        'dtparam=uart0_console',
        'force_turbo=1',
        'usb_max_current_enable=1',
      ]),
    )
    expect(plan.firmware!.files).toEqual([])
    expect(plan.configure.view.modprobe.map(({ text }) => text)).toContain(
      'options snd slots=snd_usb_audio',
    )
    expect(plan.warnings).toContain(
      'Raspberry Pi 5: nobody has started an image of ours on one yet; no emulator has its chip',
    )
  })

  test('is warned of where a card on its header is known to fail', () => {
    const noted = (card: string): string[] =>
      planOf(choices(`board: pi5\nsoundcard: ${card}\n`), [
        'kernel.source=raspberrypi',
      ]).warnings.filter((text) => text.includes('7322'))
    expect([noted('usb'), noted('hifiberry-dac')]).toEqual([
      [],
      [expect.stringMatching(/^Raspberry Pi 5: cards on the header/)],
    ])
  })

  test("is started on QEMU's own machine, unless the kernel has no driver for it: then the plan says that it is not", async () => {
    const untried =
      'Raspberry Pi 5: no emulator can start this board with kernel.source packaged, so --boot proves nothing more about it'
    const [built, packaged] = ['raspberrypi', 'packaged'].map((source) =>
      planOf(choices(five), from(source)),
    )
    expect([
      bootStage.given(built!).boards.map(({ id }) => id),
      soundStage.given(built!).heard,
    ]).toEqual([['pi5'], true])
    expect([bootStage.given(packaged!).boards, soundStage.given(packaged!).heard]).toEqual([
      [],
      false,
    ])
    const folder = temporaryFolder()
    const out = { results: join(folder, 'proofs.json'), console: join(folder, 'console.log') }
    await bootStage.run({
      settings: { jobs: 2 },
      given: bootStage.given(packaged!),
      out,
    } as unknown as Parameters<typeof bootStage.run>[0])
    expect([
      JSON.parse(readFileSync(out.results, 'utf8')),
      readFileSync(out.console, 'utf8'),
    ]).toEqual([{ boots: [], results: [] }, ''])
    expect(built!.warnings).not.toContain(untried)
    expect(packaged!.warnings).toContain(untried)
    const started = (id: string): string => machineOf(boardOf(id), built!.virt_cpu).name
    expect([started('pi5'), started('pi4b')]).toEqual(['virt', 'raspi4b'])
  })
})
