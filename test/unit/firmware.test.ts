import { expect, test } from 'vitest'
import { checkFirmwareFiles, firmwareBoot } from '../../lib/prove/firmware/firmware.ts'
import type { FatFiles, FirmwareBoard } from '../../lib/prove/firmware/firmware.ts'

const threeB: FirmwareBoard = {
  filters: ['pi3'],
  board_type: 0x08,
  soc: 'bcm2837',
  device_tree: { mainline: 'bcm2837-rpi-3-b', downstream: 'bcm2710-rpi-3-b' },
}
const fourHundred: FirmwareBoard = {
  filters: ['pi4', 'pi400'],
  board_type: 0x13,
  soc: 'bcm2711',
  device_tree: { mainline: 'bcm2711-rpi-400', downstream: 'bcm2711-rpi-400' },
}
const five: FirmwareBoard = {
  filters: ['pi5'],
  board_type: 0x17,
  soc: 'bcm2712',
  device_tree: { mainline: 'bcm2712-rpi-5-b', downstream: 'bcm2712-rpi-5-b' },
}
const zero: FirmwareBoard = {
  filters: ['pi0'],
  board_type: 0x09,
  soc: 'bcm2835',
  device_tree: { mainline: 'bcm2835-rpi-zero', downstream: 'bcm2708-rpi-zero' },
}

const bootable = {
  'cmdline.txt': 'root=/dev/mmcblk0p2 rootwait \n',
  'kernel.img': '',
  'kernel7.img': '',
  'kernel7l.img': '',
  'kernel8.img': '',
  'bcm2708-rpi-zero.dtb': '',
  'bcm2710-rpi-3-b.dtb': '',
  'bcm2837-rpi-3-b.dtb': '',
  'bcm2711-rpi-400.dtb': '',
  'bcm2712-rpi-5-b.dtb': '',
  'overlays/hifiberry-dac.dtbo': '',
  'overlays/hifiberry-dacplus.dtbo': '',
  'overlays/vc4-kms-v3d.dtbo': '',
  'overlays/upstream.dtbo': '',
}

function fat(
  config: string,
  files: Record<string, string> = {},
  without: string[] = [],
  more: Partial<FatFiles> = {},
): FatFiles {
  const all = new Map(
    Object.entries({ ...bootable, ...files, 'config.txt': config }).filter(
      ([path]) => !without.includes(path),
    ),
  )
  return {
    read: (path) => all.get(path),
    has: (path) => all.has(path),
    list: () => [...all.keys()],
    ...more,
  }
}

const settingsOf = (config: string, board: FirmwareBoard) =>
  firmwareBoot(fat(config), board).settings

test('an empty config.txt starts the default kernel of each SoC in its default mode', () => {
  expect(firmwareBoot(fat(''), zero)).toMatchObject({
    kernel: 'kernel.img',
    arm64: false,
    deviceTree: 'bcm2708-rpi-zero.dtb',
  })
  expect(firmwareBoot(fat(''), threeB)).toMatchObject({
    kernel: 'kernel7.img',
    arm64: false,
    deviceTree: 'bcm2710-rpi-3-b.dtb',
  })
  expect(firmwareBoot(fat(''), fourHundred)).toMatchObject({ kernel: 'kernel8.img', arm64: true })
  expect(firmwareBoot(fat(''), five)).toMatchObject({ kernel: 'kernel8.img', arm64: true })
  expect(firmwareBoot(fat('', { 'kernel_2712.img': '' }), five).kernel).toBe('kernel_2712.img')
})

test('arm_64bit chooses the mode, and the name of a known kernel overrides it', () => {
  expect(firmwareBoot(fat('arm_64bit=1'), threeB)).toMatchObject({
    kernel: 'kernel8.img',
    arm64: true,
  })
  expect(firmwareBoot(fat('arm_64bit=0'), fourHundred)).toMatchObject({
    kernel: 'kernel7l.img',
    arm64: false,
  })
  expect(firmwareBoot(fat('kernel=kernel8.img'), threeB).arm64).toBe(true)
  expect(firmwareBoot(fat('kernel=vmlinuz', { vmlinuz: '' }), threeB).arm64).toBe(false)
  expect(firmwareBoot(fat('arm_64bit=1'), zero)).toMatchObject({
    kernel: 'kernel.img',
    warnings: ['config.txt:1 arm_64bit=1: the bcm2835 has no 64-bit mode'],
  })
})

test('the last setting wins, comments and trailing spaces do not count', () => {
  expect(settingsOf('# gpu_mem=1\r\ngpu_mem=64  \r\n\r\ngpu_mem=16\t\r\n', threeB)).toEqual({
    gpu_mem: '16',
  })
})

test('a model filter replaces another one, and [all] ends it', () => {
  const config = 'a=1\n[pi4]\nb=1\n[pi3]\nc=1\n[all]\nd=1\n[none]\ne=1'
  expect(settingsOf(config, threeB)).toEqual({ a: '1', c: '1', d: '1' })
  expect(settingsOf(config, fourHundred)).toEqual({ a: '1', b: '1', d: '1' })
})

test('a board with several filters sees the sections of them all, and [board-type=] only its own', () => {
  const config =
    '[pi4]\narm_freq=1500\n[pi400]\narm_freq=1800\n[board-type=0x11]\nb=1\n[board-type=0x13]\nc=1'
  expect(settingsOf(config, fourHundred)).toEqual({ arm_freq: '1800', c: '1' })
})

test('filters of different kinds must all be met', () => {
  const config = '[gpio4=1]\na=1\n[pi3]\nb=1\n[tryboot]\nc=1\n[all]\nd=1'
  expect(settingsOf(config, threeB)).toEqual({ d: '1' })
  expect(settingsOf(config, { ...threeB, filters: ['pi3', 'gpio4=1'] })).toEqual({
    a: '1',
    b: '1',
    d: '1',
  })
  expect(
    settingsOf('[boot_partition=1]\na=1\n[boot_partition=2]\na=2\n[all]\n[0xABCD]\nb=1', {
      ...threeB,
      filters: ['0xabcd'],
    }),
  ).toEqual({
    a: '1',
    b: '1',
  })
})

test('filters that depend on what is connected, and unknown ones, are not met and warned of', () => {
  const { settings, warnings } = firmwareBoot(
    fat('[EDID=VSC-TD2220]\na=1\n[all]\n[HDMI:0]\nb=1\n[all]\n[pie]\nc=1'),
    threeB,
  )
  expect(settings).toEqual({})
  expect(warnings).toEqual([
    'config.txt:1 [EDID=VSC-TD2220] depends on what is connected: taken as not met',
    'config.txt:4 [HDMI:0] depends on what is connected: taken as not met',
    'config.txt:7 [pie] is not a filter that the firmware documents: taken as not met',
  ])
})

test('an included file stands in the place of its include line, filters and all', () => {
  const files = { 'card.txt': 'a=2\n[pi4]\nb=2\n' }
  expect(firmwareBoot(fat('a=1\ninclude card.txt\nc=1', files), threeB).settings).toEqual({
    a: '2',
  })
  expect(() =>
    firmwareBoot(
      fat('include a.txt', { 'a.txt': 'include b.txt', 'b.txt': 'include a.txt' }),
      threeB,
    ),
  ).toThrow('b.txt:1 include a.txt: the file includes itself')
  expect(() => firmwareBoot(fat('\ninclude crad.txt', files), threeB)).toThrow(
    'config.txt:2 (include crad.txt) needs crad.txt, which is not on the FAT partition; nearest to it: card.txt',
  )
})

test('lines the firmware would misread are warned of', () => {
  const long = `cmdline=${'x'.repeat(92)}`
  const { warnings } = firmwareBoot(
    fat(
      `gpu_mem = 16\ndtparam=audio=on # for now\n#${'-'.repeat(120)}\n${long}\ncmdline=cmdline.txt\nstart_file=start4cd.elf`,
    ),
    threeB,
  )
  expect(warnings).toEqual([
    'config.txt:1 "gpu_mem = 16" is not a setting: write name=value, without spaces around "="',
    'config.txt:2 a comment after a value becomes part of it: give the comment a line of its own',
    'config.txt:4 is 100 characters long: the firmware may ignore what follows the 98th',
    'config.txt:6 start_file=start4cd.elf does not boot: write gpu_mem=16 to get the cut-down firmware',
  ])
})

test('upstream_kernel takes the mainline device tree', () => {
  expect(firmwareBoot(fat('upstream_kernel=1'), threeB)).toMatchObject({
    deviceTree: 'bcm2837-rpi-3-b.dtb',
    overlays: [],
    warnings: [],
  })
  expect(firmwareBoot(fat('upstream_kernel=1'), fourHundred)).toMatchObject({
    deviceTree: 'bcm2711-rpi-400.dtb',
    overlays: [],
  })
})

test('without a mainline device tree upstream_kernel takes the downstream one and the overlay "upstream"', () => {
  const boot = firmwareBoot(fat('upstream_kernel=1', {}, ['bcm2837-rpi-3-b.dtb']), threeB)
  expect(boot).toMatchObject({
    deviceTree: 'bcm2710-rpi-3-b.dtb',
    overlays: [{ path: 'overlays/upstream.dtbo', params: {} }],
  })
  expect(boot.warnings).toHaveLength(1)
})

test('upstream_kernel uses the folder upstream/ only if it holds kernel and device tree', () => {
  const config = 'upstream_kernel=1\narm_64bit=1'
  expect(firmwareBoot(fat(config, { 'upstream/kernel8.img': '' }), threeB)).toMatchObject({
    kernel: 'kernel8.img',
    warnings: [],
  })
  const whole = {
    'upstream/kernel8.img': '',
    'upstream/bcm2837-rpi-3-b.dtb': '',
    'upstream/cmdline.txt': 'quiet',
  }
  expect(firmwareBoot(fat(config, whole), threeB)).toMatchObject({
    kernel: 'upstream/kernel8.img',
    deviceTree: 'upstream/bcm2837-rpi-3-b.dtb',
    commandLine: 'quiet',
  })
})

test('os_prefix goes before every file of the system, overlays only if they have a README there, absolute paths never', () => {
  const files = {
    'rt/kernel7.img': '',
    'rt/bcm2710-rpi-3-b.dtb': '',
    'rt/overlays/hifiberry-dac.dtbo': '',
    'rt/cmdline.txt': 'rt',
    rd: '',
  }
  const config = 'os_prefix=rt/\ndtoverlay=hifiberry-dac\ninitramfs /rd followkernel'
  expect(firmwareBoot(fat(config, files), threeB)).toMatchObject({
    kernel: 'rt/kernel7.img',
    commandLine: 'rt',
    initramfs: 'rd',
    overlays: [{ path: 'overlays/hifiberry-dac.dtbo' }],
  })
  expect(
    firmwareBoot(fat(config, { ...files, 'rt/overlays/README': '' }), threeB).overlays[0]?.path,
  ).toBe('rt/overlays/hifiberry-dac.dtbo')
  expect(firmwareBoot(fat('os_prefix=nowhere/'), threeB)).toMatchObject({
    kernel: 'kernel7.img',
    warnings: [
      'config.txt:1 os_prefix=nowhere/ is ignored: kernel and device tree are not both there',
    ],
  })
})

test('parameters belong to the overlay before them until an empty dtoverlay', () => {
  const boot = firmwareBoot(
    fat(
      'dtparam=i2s=on,spi\ndtoverlay=hifiberry-dacplus,24db_digital_gain,a=b=c\ndtparam=leds_off\ndtoverlay=\ndtparam=audio=off',
    ),
    threeB,
  )
  expect(boot.overlays).toEqual([
    {
      path: 'overlays/hifiberry-dacplus.dtbo',
      params: { '24db_digital_gain': 'true', a: 'b=c', leds_off: 'true' },
    },
  ])
  expect(boot.dtparams).toEqual({ i2s: 'on', spi: 'true', audio: 'off' })
  expect(boot.settings).toEqual({})
})

test('a parameter that the overlay does not export is one of the board', () => {
  const disk = fat('dtoverlay=vc4-kms-v3d,noaudio\ndtparam=audio=on', {}, [], {
    parameters: () => ['noaudio'],
  })
  expect(firmwareBoot(disk, threeB)).toMatchObject({
    overlays: [{ params: { noaudio: 'true' } }],
    dtparams: { audio: 'on' },
  })
})

test('the overlay map gives an overlay its name on this board, and not looking at it is warned of', () => {
  const files = { 'overlays/overlay_map.dtb': '', 'overlays/vc4-kms-v3d-pi4.dtbo': '' }
  const map = (name: string, soc: string) => (soc === 'bcm2711' ? `${name}-pi4` : undefined)
  expect(
    firmwareBoot(fat('dtoverlay=vc4-kms-v3d', files, [], { overlayMap: map }), fourHundred),
  ).toMatchObject({
    overlays: [{ path: 'overlays/vc4-kms-v3d-pi4.dtbo' }],
    warnings: [],
  })
  expect(firmwareBoot(fat('dtoverlay=vc4-kms-v3d', files), fourHundred).warnings).toHaveLength(1)
})

test('a missing file is an error that says who asked for it and what is there', () => {
  expect(() => firmwareBoot(fat('arm_64bit=1\ndtoverlay=hifibery-dac'), threeB)).toThrow(
    'config.txt:2 (dtoverlay=hifibery-dac) needs overlays/hifibery-dac.dtbo, which is not on the FAT partition; nearest to it: overlays/hifiberry-dac.dtbo',
  )
  expect(() => firmwareBoot(fat('kernel=vmlinuz', { 'vmlinuz-rt': '' }), threeB)).toThrow(
    'config.txt:1 (kernel=vmlinuz) needs vmlinuz, which is not on the FAT partition; nearest to it: vmlinuz-rt',
  )
  expect(() => firmwareBoot(fat('', {}, ['kernel7.img']), threeB)).toThrow(
    'config.txt (the default of a bcm2837 in 32-bit mode, for want of kernel=) needs kernel7.img',
  )
  expect(() => firmwareBoot(fat('', {}, ['bcm2710-rpi-3-b.dtb']), threeB)).toThrow(
    /for want of device_tree= and upstream_kernel=1\) needs bcm2710-rpi-3-b.dtb.*bcm2837-rpi-3-b.dtb/,
  )
  expect(() => firmwareBoot(fat('device_tree='), threeB)).toThrow(
    'config.txt:1 device_tree= gives the kernel no device tree',
  )
  expect(() => firmwareBoot(fat('initramfs initrd.img followkernel'), threeB)).toThrow(
    '(initramfs initrd.img) needs initrd.img',
  )
})

test('auto_initramfs takes the one that goes with the kernel, if it is there', () => {
  expect(
    firmwareBoot(fat('auto_initramfs=1\narm_64bit=1', { initramfs8: '' }), threeB).initramfs,
  ).toBe('initramfs8')
  expect(firmwareBoot(fat('auto_initramfs=1'), threeB)).not.toHaveProperty('initramfs')
})

test('the command line is the first line of the file that cmdline= names', () => {
  expect(firmwareBoot(fat(''), threeB).commandLine).toBe('root=/dev/mmcblk0p2 rootwait')
  expect(
    firmwareBoot(fat('cmdline=rt.txt', { 'rt.txt': 'isolcpus=3\nquiet\n' }), threeB),
  ).toMatchObject({
    commandLine: 'isolcpus=3',
    warnings: ['rt.txt:2 is ignored: the firmware passes on the first line only'],
  })
  expect(firmwareBoot(fat('', {}, ['cmdline.txt']), threeB).warnings).toEqual([
    'config.txt there is no cmdline.txt: the kernel gets none of our parameters',
  ])
})

test('gpu_mem=16 needs the cut-down firmware, start_x the one with codecs, a board with EEPROM firmware nothing', () => {
  const paths = (config: string, board: FirmwareBoard, files = {}) =>
    checkFirmwareFiles(fat(config, files), board).map(({ path }) => path)
  expect(checkFirmwareFiles(fat('', { 'start.elf': '', 'bootcode.bin': '' }), threeB)).toEqual([
    { path: 'bootcode.bin', present: true },
    { path: 'start.elf', present: true },
    { path: 'fixup.dat', present: false },
  ])
  expect(paths('gpu_mem=16', threeB)).toEqual(['bootcode.bin', 'start_cd.elf', 'fixup_cd.dat'])
  expect(paths('gpu_mem=16', fourHundred)).toEqual(['start4cd.elf', 'fixup4cd.dat'])
  expect(paths('start_x=1', fourHundred)).toEqual(['start4x.elf', 'fixup4x.dat'])
  expect(paths('start_file=s.elf\nfixup_file=f.dat', fourHundred)).toEqual(['s.elf', 'f.dat'])
  expect(paths('[pi4]\ngpu_mem=16', threeB)).toEqual(['bootcode.bin', 'start.elf', 'fixup.dat'])
  expect(paths('gpu_mem=16', five)).toEqual([])
})

test('the overlay of another stepping has to be there, on a mainline tree only', () => {
  const stepped = { ...five, stepping_overlays: ['bcm2712d0'] }
  const path = 'overlays/bcm2712d0.dtbo'
  expect(checkFirmwareFiles(fat('', {}), stepped)).toEqual([])
  expect(checkFirmwareFiles(fat('upstream_kernel=1', {}), stepped)).toEqual([
    { path, present: false },
  ])
  expect(checkFirmwareFiles(fat('upstream_kernel=1', { [path]: '' }), stepped)).toEqual([
    { path, present: true },
  ])
})

test('gpu_mem in an included file does not choose the firmware, because its loader knows no include', () => {
  expect(
    checkFirmwareFiles(fat('include gpu.txt', { 'gpu.txt': 'gpu_mem=16' }), fourHundred).map(
      ({ path }) => path,
    ),
  ).toEqual(['start4.elf', 'fixup4.dat'])
})
