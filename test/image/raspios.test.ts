import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { cacheFolder } from '../../scripts/session/session.ts'
import { builtRecord, folderForLinks, root, startDownbeat } from '../downbeat.ts'
import { raspberryPi } from '../stand-in/raspberry-pi.ts'
import type { RaspberryPi } from '../stand-in/raspberry-pi.ts'
import { against, image, inRoot, onFat, tool } from './raspios.ts'
import { recordOf } from './variants.ts'

// Against a stand-in for Raspberry Pi's servers: an image of the shape of Raspberry Pi OS, made of
// Debian's packages.
let pi: RaspberryPi
let own: string
beforeAll(async () => {
  pi = await raspberryPi()
  own = pi.repository()
})
afterAll(() => pi.close())

const out = join(root, 'out')
const choices = [
  '--base',
  'raspios-lite-arm64',
  '--set',
  'board=pi3b',
  '--set',
  'jack.period=1024',
  '--quiet',
]
const downbeat = (args: string[]): ReturnType<typeof against> => against(pi, own, args)
const planned = (): Plan =>
  resolve(openCatalogue(own), join(own, 'image.yaml'), [
    'base=raspios-lite-arm64',
    'board=pi3b',
    'jack.period=1024',
  ])
const asked = (): string[] => pi.server.asked.map(({ path }) => path)

describe('Raspberry Pi OS', () => {
  test('is fetched, verified and made realtime, with its tunings in its files', async () => {
    expect(await downbeat(['build', '--set', 'name=raspios', ...choices])).toEqual({
      status: 0,
      said: expect.not.stringContaining('✖'),
    })
    expect(recordOf('raspios').proofs.filter(({ passed }) => !passed)).toEqual([])
  })

  test('keeps its own tools, and loses what stands between it and good sound', () => {
    const lock = readFileSync(join(out, 'images/raspios/packages.lock'), 'utf8').split('\n')
    const names = lock.map((line) => line.split(' ')[0])
    expect(names).toEqual(
      expect.arrayContaining(['raspi-config', 'raspberrypi-sys-mods', 'network-manager', 'jackd2']),
    )
    for (const gone of [
      'cloud-init',
      'rpi-swap',
      'triggerhappy',
      'modemmanager',
      'linux-image-rpi-v8',
    ])
      expect(names).not.toContain(gone)
    // the program of this name is there, out of its package: name-in-network
    expect(inRoot('raspios', 'cat /var/lib/dpkg/status')).not.toMatch(
      /^Package: avahi-daemon\nStatus: \S+ \S+ installed$/m,
    )
    expect(
      lock.filter((line) =>
        /^(jackd2|libjack-jackd2-0) \S+\+rt\d+ arm64 [0-9a-f]{64} \d+$/.test(line),
      ),
    ).toHaveLength(2)
    // it came with the image
    expect(lock).toContainEqual(expect.stringMatching(/^raspi-config \S+ all - -$/))
  })

  test('has one first boot: its own is off, and its first account is the one that was asked for', () => {
    expect(inRoot('raspios', 'cat /etc/passwd')).toMatch(
      /^musician:x:1000:1000::\/home\/musician:\/bin\/bash$/m,
    )
    expect(inRoot('raspios', 'cat /etc/passwd')).not.toMatch(/^pi:/m)
    expect(inRoot('raspios', 'cat /etc/subuid')).toMatch(/^musician:/m)
    expect(inRoot('raspios', 'ls /home')).not.toMatch(/\bpi\b/)
    for (const unit of [
      'rpi-resize',
      'userconfig',
      'systemd-firstboot',
      'regenerate_ssh_host_keys',
    ])
      expect(inRoot('raspios', `stat /etc/systemd/system/${unit}.service`)).toContain(
        'Fast link dest: "/dev/null"',
      )
  })

  test('keeps its config.txt, comments and all, with ours behind it; what does not go with our kernel says so', () => {
    const config = onFat('raspios', 'config.txt')
    expect(config).toMatch(/^# For more options and information see$/m)
    expect(config).toMatch(/^#dtparam=i2c_arm=on$/m)
    expect(config).toMatch(/^# kernel\/debian does without: dtoverlay=vc4-kms-v3d$/m)
    expect(config.indexOf('[cm4]')).toBeLessThan(config.indexOf('kernel=kernel8.img'))
    expect(
      config
        .trimEnd()
        .split('\n')
        .findLast((line) => line.startsWith('[')),
    ).toMatch(/^\[(all|pi3)\]$/)
    expect(onFat('raspios', 'cmdline.txt')).not.toMatch(/\bresize\b|firstboot/)
    expect(tool('mdir', '-b', '-i', `${image('raspios')}@@${16384 * 512}`, '::')).not.toMatch(
      /user-data|initramfs|bcm2710/,
    )
  })

  test('keeps the folders of its boot partition under their names, whatever these are', () => {
    for (const folder of ['$RECYCLE.BIN', 'a $(reboot) b'])
      expect(onFat('raspios', `${folder}/desktop.ini`), folder).toBe('kept\n')
  })

  test('knows its config.txt for other sound cards, too', () => {
    const { configure, soundcard } = planned()
    const shelf = (id: string): string =>
      inRoot('raspios', `cat /usr/share/downbeat/soundcards/${id}/boot/config.txt`)
    expect(shelf(soundcard.id)).toBe(onFat('raspios', 'config.txt'))
    for (const { id, name } of configure.others) {
      expect(shelf(id)).toMatch(/^# For more options and information see$/m)
      expect(shelf(id)).toContain(`\n[all]\n# ${name} on\n`)
    }
  })

  test('is not fetched again for another image of it', async () => {
    const before = pi.server.asked.length
    const args = [
      'build',
      '--base',
      'raspios-lite-arm64',
      '--set',
      'name=raspios-second',
      '--set',
      'hostname=second',
      '--quiet',
    ]
    expect(await downbeat(args)).toEqual({ status: 0, said: expect.not.stringContaining('✖') })
    expect(asked().slice(before)).not.toContain(pi.image)
    expect(recordOf('raspios-second').stages['base']!.cached).toBe(true)
  })
})

describe('the base of an image', () => {
  test('that is @latest is looked up, and the plan says what was found', async () => {
    const { status, said } = await downbeat([
      'plan',
      '--json',
      '--base',
      'raspios-lite-arm64@latest',
    ])
    expect(status, said).toBe(0)
    expect((JSON.parse(said) as Plan).base).toMatchObject({
      url: `https://downloads.raspberrypi.com/${pi.path}`,
      sha256: pi.sha256,
      unpacked_sha256: pi.unpacked_sha256,
    })
  })

  test('may be a file on this disk, and then no network is asked for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'downbeat-base-'))
    const file = join(folder, 'my-trixie-arm64.img.xz')
    copyFileSync(join(pi.folder, 'downloads.raspberrypi.com', pi.path), file)
    const before = pi.server.asked.length
    const { status, said } = await downbeat(['build', '--base', file, '--until', 'base', '--quiet'])
    rmSync(folder, { recursive: true })
    expect(status, said).toBe(0)
    expect(pi.server.asked.length).toBe(before)
  })

  const refusals: [string, (base: string) => string, RegExp][] = [
    [
      'another key has signed',
      (base) => base.replace(/(fingerprint: ).*/, `$1${'A'.repeat(40)}`),
      /signature: signed by [0-9A-F]{40}, not by A{40}/,
    ],
    [
      'has other bytes than are pinned',
      (base) => base.replace(/^( +sha256: ).*/m, `$1${'a'.repeat(64)}`),
      /sha256.*a{64}/s,
    ],
    [
      'holds another image than is pinned',
      (base) => base.replace(/(unpacked_sha256: ).*/, `$1${'b'.repeat(64)}`),
      /unpacks to an image with the sha256 [0-9a-f]{64}, but b{64} is expected/,
    ],
    ['is not there', (base) => base.replace('-lite.img.xz', '-heavy.img.xz'), /404/],
  ]
  test.each(refusals)(
    'that %s is refused in one message, and nothing half-written is left',

    async (_, edit, words) => {
      const folder = folderForLinks('downbeat-out-')
      try {
        mkdirSync(join(folder, 'cache/kept'), { recursive: true })
        const toolbox = `toolbox-${builtRecord().stages['toolbox']!.key.slice(0, 16)}`
        spawnSync('cp', ['-al', join(cacheFolder(), toolbox), join(folder, 'cache', toolbox)])
        const copy = pi.repository((base) => edit(base))
        const { said, ended } = startDownbeat(
          [
            'build',
            '--base',
            'raspios-lite-arm64',
            '--set',
            'board=pi3b',
            '--until',
            'base',
            '--quiet',
          ],
          folder,
          pi.env,
          copy,
        )
        expect([1, 2, 3]).toContain(await ended)
        expect(said()).toMatch(words)
        expect(said()).not.toMatch(/\n +at /)
        expect(globSync(join(folder, 'cache', 'base-*'))).toEqual([])
        expect(existsSync(join(folder, 'images'))).toBe(false)
      } finally {
        spawnSync('rm', ['-rf', folder])
      }
    },
  )
})
