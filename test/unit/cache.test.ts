import {
  chmodSync,
  existsSync,
  lstatSync,
  lutimesSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fingerprint } from '../../lib/common/files/sha256.ts'
import { commit, openCache } from '../../lib/engine/cache/cache.ts'
import { removeOwn } from '../../lib/engine/cache/remove.ts'
import type { Cache, Entry } from '../../lib/engine/cache/cache.ts'
import { temporaryFolder, write } from './fixtures.ts'

const key = 'a'.repeat(64)
const draft = { stage: 'kernel', key, wall_s: 1.5, usage: { user: 1, system: 2, peak_kib: 3 } }

/** A cache with one finished result: a file and a folder. */
async function filled(): Promise<{
  cache: Cache
  home: string
  entry: Entry
  found: (by?: 'every byte') => Promise<string | Entry>
}> {
  const cache = openCache(join(temporaryFolder(), 'cache'))
  const half = `${cache.folder('kernel', key)}.half`
  write(half, {
    'out/kernel.img': 'a kernel\n',
    'out/dtbs/a.dtb': 'tree a',
    'out/dtbs/sub/b.dtb': 'tree b',
  })
  const entry = await commit(cache, half, draft, { image: 'kernel.img', dtbs: 'dtbs' })
  const found = async (by?: 'every byte'): Promise<string | Entry> => {
    const heard: string[] = []
    const result = await cache.find('kernel', key, (what) => heard.push(what), by)
    return result ?? (heard.join('; ') || 'not there')
  }
  return { cache, home: cache.folder('kernel', key), entry, found }
}

describe('a finished result', () => {
  test('has a folder named after its stage and key, with its entry in it', async () => {
    const { cache, home, entry } = await filled()
    expect(home).toBe(join(cache.dir, `kernel-${'a'.repeat(16)}`))
    expect(readdirSync(home).sort()).toEqual(['dtbs', 'entry.json', 'kernel.img'])
    expect(entry).toMatchObject({
      ...draft,
      outputs: { image: { path: 'kernel.img', bytes: 9 }, dtbs: { path: 'dtbs', bytes: 12 } },
    })
  })

  test('may be a file with holes, as the image of a disk is', async () => {
    const cache = openCache(join(temporaryFolder(), 'cache'))
    const half = `${cache.folder('kernel', key)}.half`
    write(half, { 'out/disk.img': 'a table' })
    truncateSync(join(half, 'out/disk.img'), 3 << 20)
    const { outputs } = await commit(cache, half, draft, { disk: 'disk.img' })
    expect(outputs['disk']).toMatchObject({ path: 'disk.img', bytes: 3 << 20 })
    const found = await cache.find('kernel', key, () => undefined, 'every byte')
    expect(found?.outputs).toEqual(outputs)
  })

  test('is found again as it was', async () => {
    const { entry, found } = await filled()
    expect(await found()).toEqual(entry)
  })

  test('is not found under another key, nor as another stage', async () => {
    const { cache } = await filled()
    const never = (what: string): void => expect.fail(what)
    expect(await cache.find('kernel', 'b'.repeat(64), never)).toBeUndefined()
    expect(await cache.find('rootfs', key, never)).toBeUndefined()
  })

  test('is not mistaken for one whose key begins alike', async () => {
    const { cache } = await filled()
    const heard: string[] = []
    expect(
      await cache.find('kernel', `${'a'.repeat(16)}${'b'.repeat(48)}`, (what) => heard.push(what)),
    ).toBeUndefined()
    expect(heard).toEqual(['entry.json is of another key'])
  })

  test('takes the place of an older one of its name', async () => {
    const { cache, home, found } = await filled()
    const half = `${home}.half`
    write(half, { 'out/kernel.img': 'a newer kernel\n', 'out/dtbs/a.dtb': 'x' })
    await commit(cache, half, draft, { image: 'kernel.img', dtbs: 'dtbs' })
    expect(await found()).toMatchObject({ outputs: { image: { bytes: 15 }, dtbs: { bytes: 1 } } })
    expect(readdirSync(home).sort()).toEqual(['dtbs', 'entry.json', 'kernel.img'])
  })
})

describe('a damaged result is not used, and what is wrong is said:', () => {
  const later = new Date('2030-01-01')

  test('an output that is missing', async () => {
    const { home, found } = await filled()
    removeOwn(join(home, 'kernel.img'))
    expect(await found()).toBe('image is missing')
  })

  test('an output that is cut off', async () => {
    const { home, found } = await filled()
    truncateSync(join(home, 'kernel.img'), 4)
    expect(await found()).toBe('image has 4 bytes instead of 9')
  })

  test('an output with other bytes of the same number', async () => {
    const { home, found } = await filled()
    writeFileSync(join(home, 'kernel.img'), 'A KERNEL\n')
    utimesSync(join(home, 'kernel.img'), later, later)
    expect(await found()).toBe('image has changed')
  })

  test('a folder that has lost, gained or changed a file', async () => {
    const lost = await filled()
    removeOwn(join(lost.home, 'dtbs/sub/b.dtb'))
    expect(await lost.found()).toBe('dtbs has changed')
    const gained = await filled()
    writeFileSync(join(gained.home, 'dtbs/sub/c.dtb'), '')
    expect(await gained.found()).toBe('dtbs has changed')
    const changed = await filled()
    writeFileSync(join(changed.home, 'dtbs/a.dtb'), 'tree A')
    utimesSync(join(changed.home, 'dtbs/a.dtb'), later, later)
    expect(await changed.found()).toBe('dtbs has changed')
    const renamed = await filled()
    renameSync(join(renamed.home, 'dtbs/a.dtb'), join(renamed.home, 'dtbs/z.dtb'))
    expect(await renamed.found()).toBe('dtbs has changed')
    const executable = await filled()
    chmodSync(join(executable.home, 'dtbs/a.dtb'), 0o700)
    expect(await executable.found()).toBe('dtbs has changed')
  })

  test('a folder that is missing', async () => {
    const { home, found } = await filled()
    removeOwn(join(home, 'dtbs'))
    expect(await found()).toBe('dtbs is missing')
  })

  test('an entry.json that is missing or cut off', async () => {
    const missing = await filled()
    removeOwn(join(missing.home, 'entry.json'))
    expect(await missing.found()).toContain('entry.json')
    const cut = await filled()
    truncateSync(join(cut.home, 'entry.json'), 20)
    expect(await cut.found()).toMatch(/JSON/)
  })
})

test('a file that was only touched is read again, and is good if its bytes are', async () => {
  const { home, entry, found } = await filled()
  const later = new Date('2030-01-01')
  utimesSync(join(home, 'kernel.img'), later, later)
  expect(await found()).toEqual(entry)
})

test('a folder with a link that leads nowhere has a fingerprint, too', async () => {
  const folder = temporaryFolder()
  write(folder, { 'root/etc/hostname': 'x\n' })
  const before = await fingerprint(join(folder, 'root'))
  symlinkSync('/nowhere', join(folder, 'root/etc/mtab'))
  const after = await fingerprint(join(folder, 'root'))
  expect(after.sha256).not.toBe(before.sha256)
  expect(await fingerprint(join(folder, 'root'))).toEqual(after)
})

test('a cache that is not there yet is made', () => {
  const dir = join(temporaryFolder(), 'out/cache')
  openCache(dir)
  expect(statSync(dir).isDirectory()).toBe(true)
})

test('a folder of ours is removed, and one that is gone already is no error', () => {
  const folder = temporaryFolder()
  write(folder, { 'a/b/c': 'x' })
  expect(removeOwn(join(folder, 'a'))).toBe(true)
  expect(existsSync(join(folder, 'a'))).toBe(false)
  expect(removeOwn(join(folder, 'a'))).toBe(true)
})

describe('bytes that change while size and time stay', () => {
  /** Puts other bytes into a file, and its times back. */
  const alter = (file: string, text: string): void => {
    const { atime, mtime } = statSync(file)
    writeFileSync(file, text)
    utimesSync(file, atime, mtime)
  }
  const damaged = async (
    path: string,
    text: string,
  ): Promise<Awaited<ReturnType<typeof filled>>> => {
    const one = await filled()
    const file = join(one.home, path)
    utimesSync(file, 1_700_000_000, 1_700_000_000) // a time that can be set again
    rmSync(join(one.home, 'entry.json'))
    const half = `${one.home}.half`
    renameSync(one.home, join(half, 'out'))
    const entry = await commit(one.cache, half, draft, { image: 'kernel.img', dtbs: 'dtbs' })
    expect(await one.found('every byte')).toEqual(entry)
    alter(file, text)
    return one
  }

  test('are not seen by size and time, in a file, and are found where every byte is read', async () => {
    const { found } = await damaged('kernel.img', 'a KERNEL\n')
    expect(await found()).not.toBeTypeOf('string')
    expect(await found('every byte')).toBe('image has changed')
  })

  test('the same in a folder, however deep', async () => {
    const { found } = await damaged('dtbs/sub/b.dtb', 'tree B')
    expect(await found()).not.toBeTypeOf('string')
    expect(await found('every byte')).toBe('bytes in dtbs have changed')
  })

  test('in a link are found, too', async () => {
    const one = await filled()
    const half = `${one.home}.half`
    write(half, { 'out/dtbs/a.dtb': 'x', 'out/kernel.img': 'a kernel\n' })
    symlinkSync('aaaa', join(half, 'out/dtbs/link'))
    await commit(one.cache, half, draft, { image: 'kernel.img', dtbs: 'dtbs' })
    const link = join(one.home, 'dtbs/link')
    const { atime, mtime } = lstatSync(link)
    rmSync(link)
    symlinkSync('bbbb', link)
    lutimesSync(link, atime, mtime)
    expect(await one.found('every byte')).toMatch(/dtbs ha(s|ve) changed$/)
  })
})
