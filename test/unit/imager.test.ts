import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { imageInfo } from '../../scripts/publish/image-info.ts'
import { addressOf, joined, manifest, servedAt } from '../../scripts/publish/imager.ts'
import { planRelease } from '../../lib/plan/parts/release.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { OsList } from '../../lib/plan/schema/os-list.ts'
import { manifestCommand } from '../../scripts/verbs/manifest.ts'
import type { BaseData } from '../../lib/plan/schema/base.ts'
import {
  catalogueAt,
  boardOf,
  choiceFiles,
  downbeat,
  idsOf,
  refusal,
  repository,
  write,
} from './fixtures.ts'

// Some of these tests wait for other processes, and so run side by side; each has folders of its
// own in this one.
const all = mkdtempSync(join(tmpdir(), 'downbeat-imager-'))
afterAll(() => rmSync(all, { recursive: true, force: true }))
const temporaryFolder = (): string => mkdtempSync(join(all, 'test-'))

const img = { bytes: 624_951_296, sha256: '1'.repeat(64) }
const xz = { bytes: 90_000_000, sha256: '2'.repeat(64) }
const url = 'https://example.org/images/downbeat.img.xz'
const manifestOf = (choices: string) =>
  manifest(resolve(catalogueAt(repository), join(repository, choices)), img, xz, '2026-11-21', url)

describe('the manifest', () => {
  test.each(choiceFiles)('of %s has the form that Raspberry Pi Imager asks for', (choices) => {
    const list = manifestOf(choices)
    expect(OsList.parse(JSON.parse(JSON.stringify(list)))).toEqual(list)
    expect(list.os_list[0]!.devices.length).toBeGreaterThan(0)
  })

  test('says size and hash of what is packed and of what is in it, and where it is', () => {
    const [entry] = manifestOf('image.yaml').os_list
    expect(entry).toMatchObject({
      name: 'downbeat',
      url,
      extract_size: img.bytes,
      extract_sha256: img.sha256,
      image_download_size: xz.bytes,
      image_download_sha256: xz.sha256,
      release_date: '2026-11-21',
      architecture: 'armv8',
      init_format: 'systemd',
    })
  })

  test('has the tags of the boards, and of the devices those that have one of them, and the one that shows everything', () => {
    const { imager, os_list } = manifestOf('variants/pi4b-usb.yaml')
    expect(os_list[0]!.devices).toEqual(['pi4-64bit'])
    expect(imager.devices.map(({ name, tags }) => ({ name, tags }))).toEqual([
      { name: 'Raspberry Pi 4', tags: ['pi4-64bit', 'pi4-32bit'] },
      { name: 'No filtering', tags: [] },
    ])
  })
})

describe('the tag of a board', () => {
  test.each(idsOf('boards').flatMap((id) => boardOf(id).arch.map((arch) => ({ id, arch }))))(
    '$id with $arch is one',
    ({ id, arch }) => {
      const { tags } = planRelease(
        catalogueAt(repository),
        [boardOf(id)],
        { name: 'a base', arch } as BaseData,
        { name: 'a kernel' },
      )
      expect(tags.length).toBeGreaterThan(0)
      for (const tag of tags)
        expect(tag).toMatch(arch === 'arm64' ? /^pi\d-64bit$/ : /^pi\d-32bit$/)
    },
  )

  test('is that of its name too, where people look for that: a Pi 2 with the chip of the Pi 3', () => {
    const of = (arch: string) =>
      planRelease(
        catalogueAt(repository),
        [boardOf('pi2b-1.2')],
        { name: 'a base', arch } as BaseData,
        { name: 'a kernel' },
      )
    expect(of('armhf').tags).toEqual(['pi3-32bit', 'pi2-32bit'])
    expect(of('arm64').tags).toEqual(['pi3-64bit'])
    expect(of('arm64').devices.map(({ name }) => name)).not.toContain('Raspberry Pi 2')
  })

  test('is not that of another chip', () => {
    const { tags, devices } = planRelease(
      catalogueAt(repository),
      [boardOf('pi3b'), boardOf('pi4b')],
      { name: 'a base', arch: 'arm64' } as BaseData,
      {
        name: 'a kernel',
      },
    )
    expect(tags.toSorted()).toEqual(['pi3-64bit', 'pi4-64bit'])
    for (const { tags: own } of devices)
      expect(own.length === 0 || own.some((tag) => tags.includes(tag))).toBe(true)
  })
})

describe('what Imager would pass over without a word is refused:', () => {
  const good = manifestOf('image.yaml')
  const [entry] = good.os_list
  test.each<[string, object]>([
    ['a kind of first boot that it does not know', { init_format: 'systmd' }],
    ['a date that is none', { release_date: '21.11.2026' }],
    ['a path instead of an address', { url: '/images/downbeat.img.xz' }],
    ['a hash that is none', { extract_sha256: 'abc' }],
    ['a key that it does not know', { extract_sha: img.sha256 }],
    ['a size that is missing', { image_download_size: undefined }],
  ])('%s', (_, wrong) => {
    expect(OsList.safeParse({ ...good, os_list: [{ ...entry, ...wrong }] }).success).toBe(false)
  })
})

describe('several manifests in one list', () => {
  const list = joined([
    manifestOf('variants/zero2w-usb.yaml'),
    manifestOf('variants/pi4b-usb.yaml'),
    manifestOf('variants/pi3b-usb.yaml'),
  ])

  test('have their images by name', () => {
    expect(list.os_list.map(({ name }) => name)).toEqual(['pi3b-usb', 'pi4b-usb', 'zero2w-usb'])
  })

  test('have each device once, the newest first, and last what shows everything', () => {
    expect(list.imager.devices.map(({ name }) => name)).toEqual([
      'Raspberry Pi 4',
      'Raspberry Pi 3',
      'Raspberry Pi Zero 2 W',
      'No filtering',
    ])
  })
})

describe('an address', () => {
  test('is that of the file where it lies, unless it is served elsewhere', () => {
    expect(addressOf(undefined, '/my images/a', 'a.img.xz')).toBe('file:///my%20images/a/a.img.xz')
    expect(addressOf('https://example.org/v1/', '/my images/a', 'a+b.img.xz')).toBe(
      'https://example.org/v1/a%2Bb.img.xz',
    )
  })

  test('to serve from may end with a slash or not', () => {
    expect(servedAt('--url', 'https://example.org/v1')).toBe('https://example.org/v1/')
    expect(servedAt('--url', 'https://example.org/v1/')).toBe('https://example.org/v1/')
  })

  test.each(['example.org', 'ftp://example.org/', 'https://example.org/?v=1', '/images'])(
    'to serve from is not %s',
    (wrong) => {
      expect(refusal(() => servedAt('--url', wrong))).toBe(
        `--url ${wrong}: expected where the files will be served, such as --url https://example.org/images/`,
      )
    },
  )
})

describe('what is in an image, for a person:', () => {
  const plan = resolve(catalogueAt(repository), join(repository, 'image.yaml'), [
    'user.ssh_keys=[ssh-ed25519 AAAA me]',
    'tunings.shm-size=off',
  ])
  const info = imageInfo(plan, img, 'adduser 3.152 all 00 190932\njackd2 1.9.22 arm64 00 1\n')

  test('boards, sound card, JACK, base, kernel, and the hash of the image', () => {
    for (const said of [
      plan.soundcard.name,
      plan.release.base,
      plan.release.kernel,
      img.sha256,
      ...plan.boards.map(({ name }) => name),
    ])
      expect(info).toContain(said)
    const { jack } = plan.configure.view
    expect(info).toContain(
      `${jack.period} frames x ${jack.periods} at ${jack.rate} Hz = ${jack.latency_ms} ms`,
    )
    expect(info).toContain('1 SSH key\n')
  })

  test('the tunings in force and no others', () => {
    expect(info).toContain('\n  realtime-kernel: ')
    expect(info).not.toContain('\n  shm-size: ')
  })

  test('the packages with their versions', () => {
    expect(info).toContain('\nPackages (2)\n  adduser 3.152 all\n  jackd2 1.9.22 arm64\n')
  })
})

describe.concurrent('./downbeat manifest', () => {
  /** A folder of results with these images, packed. */
  function images(...names: string[]): string {
    const out = temporaryFolder()
    for (const name of names) {
      const list = { ...manifestOf('image.yaml') }
      list.os_list = [{ ...list.os_list[0]!, name, image_download_size: 6 }]
      write(join(out, 'images', name), {
        [`${name}.img.xz`]: 'packed',
        [`${name}.rpi-imager-manifest`]: JSON.stringify(list),
      })
    }
    return out
  }
  const listIn = (file: string): OsList => OsList.parse(JSON.parse(readFileSync(file, 'utf8')))

  test('lists every image that is packed for release, where it lies', async () => {
    const out = images('b', 'a')
    write(out, { 'images/built-only/built-only.img': '' })
    const { status, stderr } = await downbeat(['manifest'], { out })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const list = listIn(join(out, 'images/os_list.json'))
    expect(list.os_list.map((entry) => [entry.name, entry.url])).toEqual(
      ['a', 'b'].map((name) => [
        name,
        pathToFileURL(join(out, 'images', name, `${name}.img.xz`)).href,
      ]),
    )
  })

  test('lists those that are named, where they will be served, in the file that is named', async () => {
    const out = images('a', 'b')
    const args = [
      'manifest',
      join(out, 'images/b'),
      '--url',
      'https://example.org/v1',
      '-o',
      join(out, 'lists/mine.json'),
    ]
    expect(await downbeat(args, { out })).toMatchObject({ status: 0, stderr: '' })
    expect(listIn(join(out, 'lists/mine.json')).os_list.map((entry) => entry.url)).toEqual([
      'https://example.org/v1/b.img.xz',
    ])
    expect(existsSync(join(out, 'images/os_list.json'))).toBe(false)
    expect(readdirSync(join(out, 'lists'))).toEqual(['mine.json'])
  })

  /** What is said against these folders; asked without a process of its own, which takes long. */
  const refused = async (...folders: string[]): Promise<string> => {
    const error: unknown = await manifestCommand()
      .parseAsync(folders, { from: 'user' })
      .then(
        () => undefined,
        (reason: unknown) => reason,
      )
    return refusal(() => {
      throw error
    })
  }

  test('refuses a manifest that is not of the file beside it', async () => {
    const folder = join(images('a'), 'images/a')
    write(folder, { 'a.img.xz': 'another one' })
    expect(await refused(folder)).toMatch(
      /a\.rpi-imager-manifest: a\.img\.xz beside it is not the file that it is about: \S+ build --release$/,
    )
  })

  test('refuses a manifest that Imager would not take', async () => {
    const folder = join(images('a'), 'images/a')
    write(folder, { 'a.rpi-imager-manifest': '{"imager":{"devices":[]},"os_list":[{"name":"a"}]}' })
    expect(await refused(folder)).toMatch(/a\.rpi-imager-manifest os_list\.0\.description: /)
    write(folder, { 'a.rpi-imager-manifest': '{' })
    expect(await refused(folder)).toMatch(/a\.rpi-imager-manifest: it is no JSON: /)
  })

  test('says what to type where nothing is packed', async () => {
    const out = temporaryFolder()
    write(out, { 'images/a/a.img': '' })
    expect(await refused(join(out, 'images/a'))).toMatch(
      /a: it has no \*\.rpi-imager-manifest: \.\/downbeat build --release makes one$/,
    )
    expect(await refused(join(out, 'none'))).toMatch(/none: there is no such folder$/)
    const { status, stderr } = await downbeat(['manifest'], { out })
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(
        /images: no image there is packed for release: \.\/downbeat build --release\n$/,
      ),
    ])
  })

  test('refuses two images of one name', async () => {
    const [one, other] = [images('a'), images('a')]
    expect(await refused(join(one, 'images/a'), join(other, 'images/a'))).toMatch(
      /^two images have the name a, /,
    )
  })
})
