import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { kernelInWords } from '../../lib/plan/kernel-taken.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { Entry } from '../../lib/engine/cache/cache.ts'
import { publish, stageRecord } from '../../scripts/publish/publish.ts'
import { releaseBeside, releaseOf } from '../../scripts/publish/release.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { OsList } from '../../lib/plan/schema/os-list.ts'
import { catalogueAt, repository, temporaryFolder, write } from './fixtures.ts'

const plan = { name: 'pi4b-usb' } as Plan
const record = { name: 'pi4b-usb', stages: {}, files: {}, proofs: [], boots: [] }

/** A cache, perhaps on another disk, and a folder to publish to. */
function built(elsewhere?: string) {
  const root =
    elsewhere === undefined ? temporaryFolder() : mkdtempSync(join(elsewhere, 'downbeat-unit-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  write(root, {
    'cache/disk.img': 'a disk',
    'cache/packages.lock': 'bash 5\n',
    'debs/jackd1.deb': 'one',
    'debs/jackd2.deb': 'two',
  })
  const folder = join(elsewhere === undefined ? root : temporaryFolder(), 'images/pi4b-usb')
  return {
    folder,
    disk: join(root, 'cache/disk.img'),
    put: (made = 'cache', said = record) =>
      publish(folder, { image: join(root, made), packages: join(root, 'debs') }, plan, said),
    root,
  }
}

describe('what is said of a kernel in the end', () => {
  const taken = {
    linux: '6.12.107',
    package: 'linux',
    version: '6.12.107-1',
    suite: 'trixie',
    sha256: 'ab',
    listed: '6.12.107-1',
  }

  test('is which source it was made from', () => {
    expect(kernelInWords(undefined)).toEqual([])
    expect(kernelInWords(taken)).toEqual(['Linux 6.12.107: linux 6.12.107-1 of trixie, sha256 ab'])
    const commit = { linux: '6.12.75', url: 'https://example.org/linux', commit: '89' }
    expect(kernelInWords(commit)).toEqual(['Linux 6.12.75: commit 89 of https://example.org/linux'])
  })

  test('is that the archive lists a newer one', () => {
    expect(kernelInWords({ ...taken, listed: '6.12.117-1' })[1]).toMatch(
      /^note: this kernel is older than the archive's newest: linux 6\.12\.117-1 is listed/,
    )
  })
})

describe('what is published', () => {
  test('is the image with its plan, its record, its list of packages and the packages of our own, and nothing else', () => {
    const { folder, put } = built()
    expect(put()).toBe(join(folder, 'pi4b-usb.img'))
    expect(readdirSync(folder).sort()).toEqual([
      'build.json',
      'packages',
      'packages.lock',
      'pi4b-usb.img',
      'plan.json',
    ])
    expect(readFileSync(join(folder, 'pi4b-usb.img'), 'utf8')).toBe('a disk')
    expect(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))).toEqual(plan)
    expect(JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8'))).toEqual(record)
    expect(readFileSync(join(folder, 'packages.lock'), 'utf8')).toBe('bash 5\n')
    expect(readdirSync(join(folder, 'packages'))).toEqual(['jackd1.deb', 'jackd2.deb'])
  })

  test('says in the plan and in the record which source the kernel was compiled from', () => {
    const { folder, root, disk } = built()
    const kernel = { linux: '7.3.4', package: 'linux-source-7.3', version: '7.3.4-1~bpo13+1' }
    const whole = { ...plan, kernel: { name: 'backports' } } as Plan
    publish(folder, { image: dirname(disk), packages: join(root, 'debs') }, whole, {
      ...record,
      kernel,
    })
    const said = (file: string): unknown =>
      (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { kernel: unknown }).kernel
    expect(said('build.json')).toEqual(kernel)
    expect(said('plan.json')).toEqual({ name: 'backports', taken: kernel })
  })

  test('is the very file of the cache, and nobody can write to it by mistake', () => {
    const { disk, put } = built()
    const image = statSync(put())
    expect(image.ino).toBe(statSync(disk).ino)
    expect(image.mode & 0o777).toBe(0o444)
  })

  test('is a copy where the cache is on another disk: with holes, read-only, and made anew only when the image is another', () => {
    const { put, disk } = built('/dev/shm')
    truncateSync(disk, 64 << 20)
    const path = put()
    const [first, own] = [statSync(path), statSync(disk)]
    expect([first.dev === own.dev, first.size, first.mode & 0o777]).toEqual([
      false,
      64 << 20,
      0o444,
    ])
    expect(first.blocks * 512).toBeLessThan(1 << 20)
    expect(readFileSync(path).equals(readFileSync(disk))).toBe(true)
    put()
    expect(statSync(path).ino).toBe(first.ino)
    chmodSync(disk, 0o644)
    writeFileSync(disk, 'another disk')
    expect(readFileSync(put(), 'utf8')).toBe('another disk')
  })

  test('may be published again, as it was or with another image', () => {
    const { put, root, folder } = built()
    put()
    const image = put()
    expect(readFileSync(image, 'utf8')).toBe('a disk')
    write(root, { 'other/disk.img': 'another disk', 'other/packages.lock': 'bash 6\n' })
    rmSync(join(root, 'debs/jackd1.deb'))
    put('other', { ...record, name: 'again' })
    expect(readFileSync(image, 'utf8')).toBe('another disk')
    expect(JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8'))).toMatchObject({
      name: 'again',
    })
    expect(readdirSync(join(folder, 'packages'))).toEqual(['jackd2.deb'])
    expect(readdirSync(folder)).toHaveLength(5)
  })

  test('leaves the image of the cache whole when another one takes its place', () => {
    const { put, root, disk } = built()
    put()
    write(root, { 'other/disk.img': 'another disk', 'other/packages.lock': 'bash 6\n' })
    put('other')
    expect(readFileSync(disk, 'utf8')).toBe('a disk')
  })

  test('takes the place of what a killed build has left half done', () => {
    const { put, folder } = built()
    write(folder, {
      'pi4b-usb.img.999999999.half': 'half',
      'plan.json.999999999.half': 'half',
      'packages.999999999.half/a.deb': 'half',
    })
    chmodSync(join(folder, 'pi4b-usb.img.999999999.half'), 0o444)
    expect(readFileSync(put(), 'utf8')).toBe('a disk')
    expect(readdirSync(folder).filter((name) => name.endsWith('.half'))).toEqual([])
  })
})

describe('what is given to others', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
  const plan = resolve(catalogueAt(repository), join(repository, 'image.yaml'), ['name=a'])
  const made = Date.UTC(2026, 10, 21, 23, 59)

  /** A cache with an image and its release, each file with this text in it. */
  function packed(text: string) {
    const root = temporaryFolder()
    const folder = join(root, 'images/a')
    const entry = (
      stage: string,
      outputs: Record<string, string>,
    ): { entry: Entry; outputs: Record<string, string> } => {
      write(
        join(root, stage),
        Object.fromEntries(Object.values(outputs).map((path) => [path, `${path} of ${text}`])),
      )
      const facts = Object.entries(outputs).map(([name, path]) => {
        const content = `${path} of ${text}`
        return [name, { path, bytes: content.length, sha256: sha256(content), mtime_ms: made }]
      })
      return {
        entry: {
          stage,
          key: 'k',
          outputs: Object.fromEntries(facts),
          wall_s: 1,
          usage: { user: 1, system: 1, peak_kib: 1 },
        },
        outputs: Object.fromEntries(
          Object.entries(outputs).map(([name, path]) => [name, join(root, stage, path)]),
        ),
      }
    }
    const image = entry('image', { disk: 'disk.img', packages: 'packages.lock' })
    const release = entry('release', { xz: 'disk.img.xz', zst: 'disk.img.zst', bmap: 'disk.bmap' })
    write(root, { 'debs/jackd1.deb': '' })
    const { bytes, sha256: sum } = image.entry.outputs['disk']!
    return {
      sum,
      entries: { image: image.entry, release, lock: 'bash 5 arm64 00 1\n' },
      put: (to: string, released = true, served?: string) => {
        const record = {
          name: 'a',
          stages: {},
          files: { 'a.img': { bytes, sha256: sum } },
          proofs: [],
          boots: [],
        }
        const packed = released
          ? releaseOf(
              plan,
              { image: image.entry, release, lock: 'bash 5 arm64 00 1\n' },
              to,
              served,
            )
          : undefined
        publish(
          to,
          { image: join(root, 'image'), packages: join(root, 'debs') },
          plan,
          record,
          packed,
        )
      },
      folder,
    }
  }
  const own = ['SHA256SUMS', 'a.bmap', 'a.img.xz', 'a.img.zst', 'a.info', 'a.rpi-imager-manifest']
  const papersIn = (folder: string): string[] =>
    readdirSync(folder).filter((name) => own.includes(name))
  const sumsIn = (folder: string): string[][] =>
    readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('  '))

  test('lies beside the image, with the sums of all that is fetched', () => {
    const { put, folder } = packed('one')
    put(folder)
    expect(papersIn(folder)).toEqual(own)
    expect(sumsIn(folder).map(([, file]) => file)).toEqual([
      'a.img',
      'a.img.xz',
      'a.img.zst',
      'a.bmap',
      'a.info',
    ])
    for (const [sum, file] of sumsIn(folder))
      expect(sha256(readFileSync(join(folder, file!), 'utf8')), file).toBe(sum)
  })

  test('is the very files of the cache, which nobody writes to by mistake', () => {
    const { put, folder, entries } = packed('one')
    put(folder)
    const xz = statSync(join(folder, 'a.img.xz'))
    expect([xz.ino, xz.mode & 0o777]).toEqual([statSync(entries.release.outputs['xz']!).ino, 0o444])
  })

  test('has a manifest for the file where it lies, or where it will be served, with the day on which the image was made', () => {
    const { put, folder } = packed('one')
    const entryIn = () =>
      OsList.parse(JSON.parse(readFileSync(join(folder, 'a.rpi-imager-manifest'), 'utf8')))
        .os_list[0]!
    put(folder)
    expect(entryIn()).toMatchObject({
      url: `file://${folder}/a.img.xz`,
      release_date: '2026-11-21',
    })
    put(folder, true, 'https://example.org/v1/')
    expect(entryIn()).toMatchObject({ url: 'https://example.org/v1/a.img.xz' })
  })

  test('stays when the same image is built again without it', () => {
    const { put, folder, sum } = packed('one')
    put(folder)
    put(folder, false)
    expect(papersIn(folder)).toEqual(own)
    expect(Object.keys(releaseBeside(folder, 'a', sum) ?? {})).toEqual([
      'a.img.xz',
      'a.img.zst',
      'a.bmap',
      'a.info',
    ])
  })

  test('goes when another image takes the place of its own', () => {
    const { put, folder } = packed('one')
    put(folder)
    packed('another').put(folder, false)
    expect(readFileSync(join(folder, 'a.img'), 'utf8')).toBe('disk.img of another')
    expect(papersIn(folder)).toEqual([])
  })

  test('is renewed with the image', () => {
    const { put, folder } = packed('one')
    put(folder)
    packed('another').put(folder)
    expect(readFileSync(join(folder, 'a.img.xz'), 'utf8')).toBe('disk.img.xz of another')
    for (const [sum, file] of sumsIn(folder))
      expect(sha256(readFileSync(join(folder, file!), 'utf8')), file).toBe(sum)
  })

  test.each(own)('does not count, and goes, where %s is missing', (missing) => {
    const { put, folder, sum } = packed('one')
    put(folder)
    rmSync(join(folder, missing))
    expect(releaseBeside(folder, 'a', sum)).toBeUndefined()
    put(folder, false)
    expect(papersIn(folder)).toEqual([])
  })
})

test('the record of a stage says what it cost: seconds, seconds of the processor, MiB', () => {
  const entry = {
    stage: 'kernel',
    key: 'k',
    outputs: {},
    wall_s: 12.3456,
    usage: { user: 100.111, system: 20.333, peak_kib: 1536 },
  }
  expect(stageRecord(entry, true)).toEqual({
    key: 'k',
    cached: true,
    wall_s: 12.35,
    cpu_s: 120.44,
    peak_mib: 1.5,
  })
})
