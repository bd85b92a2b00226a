import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { soundcardOf } from '../../scripts/dump/add.ts'
import { readDump } from '../../scripts/dump/read.ts'
import { usbCard } from './dumps.ts'
import { catalogueAt, repository, temporaryFolder, write } from './fixtures.ts'

// The program is run as it is on a card, with /proc, /sys and /boot in a folder, and with programs of
// alsa-utils that print what the test wants.

const program = readFileSync(
  join(repository, 'templates/root/usr/bin/downbeat-soundcard-dump'),
  'utf8',
)

const cards = `${usbCard['card']!}\n 2 [Device         ]: USB-Audio - Other
                      Other at usb-0000:01:00.0-1.4, full speed\n`

/** A machine with a card on USB, a serial number in every place that has one. */
const machine = {
  'proc/asound/cards': `${usbCard['card']!}\n`,
  'proc/asound/modules': ' 1 snd_usb_audio\n',
  'proc/asound/card1/usbid': 'fff0:0008\n',
  'proc/asound/card1/stream0': `${usbCard['stream']!}\n`,
  'proc/asound/card1/pcm0p/info': '',
  'proc/asound/card1/pcm0c/info': '',
  'proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.5\0',
  'proc/device-tree/serial-number': '10000000SECRET\0',
  'proc/device-tree/hat/product': 'Example HAT\0',
  'proc/device-tree/hat/vendor': 'Maker\0',
  'proc/device-tree/hat/uuid': 'SECRET\0',
  'proc/device-tree/soc/sound@1/compatible': 'maker,card\0simple-audio-card\0',
  'sys/class/sound/card1/device/x': '',
  'sys/class/sound/card1/manufacturer': 'Maker\n',
  'sys/class/sound/card1/product': 'Example X8\n',
  'sys/class/sound/card1/speed': '480\n',
  'sys/class/sound/card1/serial': 'SECRET\n',
  'boot/firmware/config.txt': '# mine\ndtparam=audio=on\n dtoverlay=vc4-kms-v3d\nhdmi_group=1\n',
}

const programs = {
  'bin/aplay': `echo "$*" >>"$LOG"; cat <<'END' >&2\n${usbCard['playback']!}\nEND\nexit 1`,
  'bin/arecord': `echo "$*" >>"$LOG"; echo '${usbCard['capture']!}' >&2; exit 1`,
  'bin/amixer': `cat <<'END'\n${usbCard['mixer']!}
numid=9,iface=MIXER,name='Serial Number'
  ; type=INTEGER,access=rw------,values=1,min=0,max=9,step=0
  : values=12345678
numid=10,iface=MIXER,name='Last'
  ; type=BOOLEAN,access=rw------,values=1
  : values=on\nEND`,
}

/** What the program says on a machine of these files, with these words behind it. */
function dump(
  words: string[] = [],
  files: Record<string, string> = machine,
  own: Record<string, string> = programs,
): { status: number | null; stdout: string; stderr: string; asked: string } {
  const folder = temporaryFolder()
  write(folder, { ...files, log: '' })
  for (const [path, text] of Object.entries(own)) {
    write(folder, { [path]: `#!/bin/sh\n${text}\n` })
    chmodSync(join(folder, path), 0o755)
  }
  const script = program.replaceAll(/(?<![\w/$])\/(proc|sys|boot)\b/g, `${folder}/$1`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script, 'dump', ...words], {
    encoding: 'utf8',
    env: { PATH: `${folder}/bin:/usr/bin:/bin`, LOG: join(folder, 'log'), LANG: 'de_DE.UTF-8' },
  })
  return { status, stdout, stderr, asked: readFileSync(join(folder, 'log'), 'utf8') }
}
const linesOf = (text: string, section: 'card' | 'names' | 'hat' | 'mixer'): string[] =>
  readDump(text, 'dump.txt').lines[section].map((line) => line.text)

describe('downbeat-soundcard-dump', () => {
  test('writes a dump of which a file is made', () => {
    const { status, stdout, stderr } = dump()
    expect([status, stderr]).toEqual([0, ''])
    const { file, marks, text } = soundcardOf(catalogueAt(repository), stdout, 'dump.txt')
    expect([file, marks]).toEqual(['soundcards/maker-example-x8.yaml', []])
    expect(text).toContain("found_by: { usb: ['fff0:0008'] }\nplayback: 8\ncapture: 6\n")
    expect(text).toMatch(/^source: .*Raspberry Pi 4 Model B Rev 1\.5\)$/m)
    const { lines } = readDump(stdout, 'dump.txt')
    const texts = (section: 'overlays' | 'compatible'): string[] =>
      lines[section].map((line) => line.text)
    expect(texts('overlays')).toEqual(['dtparam=audio=on', ' dtoverlay=vc4-kms-v3d'])
    expect(texts('compatible')).toEqual(['maker,card', 'simple-audio-card'])
  })

  test('has no serial number in it', () => {
    const { stdout } = dump()
    expect(stdout).not.toMatch(/SECRET|12345678|uuid|serial/i)
    expect(linesOf(stdout, 'hat')).toEqual(['vendor: Maker', 'product: Example HAT'])
    expect(linesOf(stdout, 'mixer').join()).toContain("name='Last'")
  })

  test('plays silence for a second at most, and records into nothing', () => {
    expect(dump().asked.split('\n')).toEqual([
      '-D hw:1,0 --dump-hw-params -f S16_LE -d 1 /dev/zero',
      '-D hw:1,0 --dump-hw-params -f S16_LE -d 1 /dev/null',
      '',
    ])
  })

  test('shows what a terminal would obey, and what is no ASCII, as marks', () => {
    const product = 'Evil\u001b]0;x\u0007\u202e[end]é\n[hat: 9 lines]\n'
    const { stdout } = dump([], { ...machine, 'sys/class/sound/card1/product': product })
    expect(stdout).toMatch(/^[\n -~]*$/)
    expect(linesOf(stdout, 'names')[1]).toBe('product: Evil?]0;x????[end]??')
  })

  test('goes on without alsa-utils, and says what is missing', () => {
    const { status, stdout } = dump([], machine, {})
    expect(status).toBe(0)
    expect(stdout).toContain('| there is no amixer here: it is in the package alsa-utils')
    expect(soundcardOf(catalogueAt(repository), stdout, 'dump.txt').marks).toEqual([])
  })

  test.each([[['2']], [['Device']]])('takes the card that is named: %j', (words) => {
    const { status, stdout } = dump(words, { ...machine, 'proc/asound/cards': cards })
    expect(status).toBe(0)
    expect(linesOf(stdout, 'card')[0]).toBe(' 2 [Device         ]: USB-Audio - Other')
  })

  test.each([
    [
      'no card',
      [],
      { ...machine, 'proc/asound/cards': '--- no soundcards ---\n' },
      /there is no sound card here: plug it in/,
    ],
    [
      'several',
      [],
      { ...machine, 'proc/asound/cards': cards },
      /which of them\? There is: 1 X8;2 Device; type: downbeat-soundcard-dump ID > dump\.txt/,
    ],
    ['another', ['X9'], machine, /there is no card X9 here; there is: 1 X8;/],
    ['an odd word', ['$(reboot)\u001b[31m'], machine, /there is no card \$\(reboot\)\?\[31m here/],
    [
      'an unknown option',
      ['--all'],
      machine,
      /there is no option --all; --help shows what there is/,
    ],
    ['two words', ['1', '2'], machine, /one card at a time/],
    [
      'a kernel without ALSA',
      [],
      {},
      /there is no .*\/proc\/asound\/cards: this kernel has no ALSA/,
    ],
  ] as [string, string[], Record<string, string>, RegExp][])(
    'says what to type where there is %s',
    (_, words, files, message) => {
      const { status, stdout, stderr } = dump(words, files)
      expect([status, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(message)
    },
  )

  test('--help says what it does, and what to do with it', () => {
    const { status, stdout } = dump(['--help'])
    expect(status).toBe(0)
    expect(stdout).toContain('./downbeat add-soundcard dump.txt')
  })
})
