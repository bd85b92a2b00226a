import { existsSync, readdirSync, truncateSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { keepBound, lockOf } from '../../lib/engine/cache/bound.ts'
import { commit, openCache } from '../../lib/engine/cache/cache.ts'
import { bytesOf, itemsInWords, itemsOf } from '../../lib/engine/cache/items.ts'
import { lock } from '../../lib/common/files/lock.ts'
import { downbeat, temporaryFolder, write } from './fixtures.ts'

const MiB = 1 << 20
const DAY = 24 * 3600
const usage = { user: 0, system: 0, peak_kib: 0 }

/** Lets a file have been used, and written, so many days ago. */
function unused(file: string, days: number): void {
  const then = Date.now() / 1000 - days * DAY
  utimesSync(file, then, then)
}

/**
 * A cache with results of 1 MiB, each unused for so many days, and one download of 1 MiB, unused
 * for 40 days.
 */
async function filled(results: Record<string, number>) {
  const dir = join(temporaryFolder(), 'cache')
  const cache = openCache(dir)
  const folders: Record<string, string> = {}
  for (const [stage, days] of Object.entries(results)) {
    const key = stage.padEnd(64, '0').replaceAll(/[^0-9a-f]/g, '0')
    const half = temporaryFolder()
    write(half, { 'out/file': 'x'.repeat(MiB) })
    await commit(cache, half, { stage, key, wall_s: 1, usage }, { file: 'file' })
    folders[stage] = cache.folder(stage, key)
    unused(join(folders[stage], 'entry.json'), days)
  }
  write(dir, {
    '.downbeat': '',
    'kept/debs/arm64/a.deb': 'x'.repeat(MiB),
    'kept/ccache/0/x': 'x',
    'node/24.0.0/x': '',
    'locks/a.half': '',
  })
  unused(join(dir, 'kept/debs/arm64/a.deb'), 40)
  const there = (): string[] => Object.keys(folders).filter((stage) => existsSync(folders[stage]!))
  const run = (...args: string[]) =>
    downbeat(['clean', ...args], { out: join(dir, '../out'), env: { DOWNBEAT_CACHE: dir } })
  return { dir, folders, there, run }
}

describe('clean', () => {
  test('removes what stages have made, and keeps downloads, compiler cache and Node', async () => {
    const { dir, there, run } = await filled({ kernel: 1, image: 0 })
    write(dir, { 'jack-0123456789abcdef.half/work/x': '' })
    expect(await run()).toMatchObject({
      status: 0,
      stderr: '',
      stdout: `removed 2 results (0.0 GiB) from ${dir}; downloads, compiler cache and images stay (--all removes them, too)\n`,
    })
    expect(there()).toEqual([])
    expect(readdirSync(dir).sort()).toEqual(['.downbeat', 'cache.lock', 'compile', 'kept', 'node'])
    expect(readdirSync(join(dir, 'kept')).sort()).toEqual(['ccache', 'debs'])
  })

  test('--all removes these, too, with images and logs, but for Node, which runs from there', async () => {
    const { dir, run } = await filled({ kernel: 0 })
    const out = join(dir, '../out')
    write(out, { '.downbeat': '', 'images/a/a.img': '', 'logs/x.log': '' })
    expect(await run('--all')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: `removed 1 result and 1 download (0.0 GiB) from ${dir}, the compiler cache, images and logs\n`,
    })
    expect(readdirSync(dir).sort()).toEqual(['.downbeat', 'cache.lock', 'node'])
    expect(readdirSync(out)).toEqual(['.downbeat'])
  })

  test('--older-than removes results and downloads that were not used for so long', async () => {
    const { dir, there, run } = await filled({ kernel: 31, image: 29 })
    const said = await run('--older-than', '30d')
    expect(said).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^removed 1 result and 1 download \(0\.0 GiB\)/),
    })
    expect(there()).toEqual(['image'])
    expect(existsSync(join(dir, 'kept/debs/arm64/a.deb'))).toBe(false)
    expect(existsSync(join(dir, 'kept/ccache/0/x'))).toBe(true)
  })

  test('takes hours, too, and a time of reading for what it is: written down once a day only', async () => {
    const { dir, there, run } = await filled({ kernel: 0.4, image: 0.6 })
    unused(join(dir, 'kept/debs/arm64/a.deb'), 1)
    await run('--older-than', '12h')
    expect(there()).toEqual(['kernel'])
    expect(existsSync(join(dir, 'kept/debs/arm64/a.deb'))).toBe(true)
  })

  test.each([
    [
      ['--older-than', 'soon'],
      '✖ --older-than: "soon": expected days or hours, such as 30d or 12h\n',
    ],
    [
      ['--older-than', '-3d'],
      '✖ --older-than: "-3d": expected days or hours, such as 30d or 12h\n',
    ],
    [['--older-than', '0d'], '✖ --older-than: "0d": expected days or hours, such as 30d or 12h\n'],
    [
      ['--all', '--older-than', '3d'],
      /^error: option '--older-than <age>' cannot be used with option '--all'\n/,
    ],
    [['--older-than'], /^error: option '--older-than <age>' argument missing\n/],
  ])('%j is refused, and nothing is removed', async (args, message) => {
    const { there, run } = await filled({ kernel: 50 })
    const expected =
      typeof message === 'string' ? message : (expect.stringMatching(message) as unknown)
    expect(await run(...args)).toMatchObject({ status: 2, stdout: '', stderr: expected })
    expect(there()).toEqual(['kernel'])
  })

  test('removes nothing while a build uses the cache', async () => {
    const { dir, there, run } = await filled({ kernel: 50 })
    const held = await lock(lockOf(dir), { shared: true })
    onTestFinished(() => held?.release())
    for (const args of [[], ['--all'], ['--older-than', '1d']])
      expect(await run(...args)).toMatchObject({
        status: 3,
        stderr: expect.stringContaining('✖ a build is using the cache just now\n'),
      })
    expect(there()).toEqual(['kernel'])
  })

  test('finds nothing in a cache where Node alone has been, however often it looks', async () => {
    const folder = temporaryFolder()
    write(folder, { 'cache/compile/x': '' })
    const env = { DOWNBEAT_CACHE: join(folder, 'cache') }
    for (const args of [['clean'], ['clean', '--older-than', '1d'], ['clean']])
      expect(await downbeat(args, { out: join(folder, 'none'), env })).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('removed nothing'),
      })
  })

  test('removes nothing from a folder that downbeat has not made', async () => {
    const out = temporaryFolder()
    write(out, { 'images/mine.png': '', 'logs/mine.log': '', 'cache/mine': '' })
    expect(await downbeat(['clean', '--all'], { out })).toMatchObject({
      status: 2,
      stderr: `✖ ${out} was not made by downbeat: nothing removed\n`,
    })
    expect(existsSync(join(out, 'images/mine.png'))).toBe(true)
    const cache = temporaryFolder()
    write(cache, { 'kept/mine': '' })
    const said = await downbeat(['clean', '--all'], {
      out: join(out, 'none'),
      env: { DOWNBEAT_CACHE: cache },
    })
    expect(said).toMatchObject({
      status: 2,
      stderr: `✖ ${cache} was not made by downbeat: nothing removed\n`,
    })
    expect(existsSync(join(cache, 'kept/mine'))).toBe(true)
  })

  test('removes only what has the names of a cache', async () => {
    const { dir, run } = await filled({ kernel: 50 })
    write(dir, { 'my-notes.txt': '', 'kernel-mine/x': '' })
    await run('--all')
    expect(readdirSync(dir).sort()).toEqual([
      '.downbeat',
      'cache.lock',
      'kernel-mine',
      'my-notes.txt',
      'node',
    ])
  })

  test('has nothing to remove where nothing was made yet', async () => {
    const folder = temporaryFolder()
    const said = await downbeat(['clean', '--all'], {
      out: join(folder, 'out'),
      env: { DOWNBEAT_CACHE: join(folder, 'cache') },
    })
    expect(said).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^removed nothing from /),
    })
    expect(existsSync(join(folder, 'out'))).toBe(false)
  })

  test('removes the cache that an older downbeat had in out/, but not one that is in use there', async () => {
    const { dir, run } = await filled({ kernel: 0 })
    const out = join(dir, '../out')
    write(out, {
      '.downbeat': '',
      'cache.lock': '',
      'cache/kernel-0123456789abcdef/x': '',
      'images/a/a.img': '',
    })
    const { stdout } = await run('--older-than', '1d')
    expect(stdout).toContain(`, and ${join(out, 'cache')};`)
    expect(readdirSync(out).sort()).toEqual(['.downbeat', 'images'])
    write(out, { 'cache/.downbeat': '', 'cache/kept/x': 'x' })
    await downbeat(['clean'], { out, env: { DOWNBEAT_CACHE: join(out, 'cache') } })
    expect(existsSync(join(out, 'cache/kept/x'))).toBe(true)
  })
})

describe('a cache that has more than it may', () => {
  const gib = (mib: number): number => mib / 1024

  test('loses what was unused for longest, and says so', async () => {
    const { dir, there } = await filled({ kernel: 3, jack: 50, image: 1 })
    const said = await keepBound(dir, gib(2.5), new Set())
    expect(there()).toEqual(['kernel', 'image'])
    expect(existsSync(join(dir, 'kept/debs/arm64/a.deb'))).toBe(false)
    expect(said).toBe(
      `the cache had 0.0 GiB: removed 1 result and 1 download (0.0 GiB), unused for the longest time; the limit is ${gib(2.5)} GiB (set DOWNBEAT_CACHE_GIB to change it)`,
    )
    expect(readdirSync(dir).filter((name) => name.endsWith('.half'))).toEqual([])
  })

  test('loses nothing while it has no more', async () => {
    const { dir, there } = await filled({ kernel: 3, image: 1 })
    expect(await keepBound(dir, 1, new Set())).toBeUndefined()
    expect(there()).toEqual(['kernel', 'image'])
  })

  test('loses nothing that the build has used, however large that is', async () => {
    const { dir, folders, there } = await filled({ kernel: 90, image: 80, jack: 1 })
    await keepBound(dir, 0, new Set([folders['kernel']!, folders['image']!]))
    expect(there()).toEqual(['kernel', 'image'])
  })

  test('loses nothing while another downbeat uses it', async () => {
    const { dir, there } = await filled({ kernel: 90 })
    const held = await lock(lockOf(dir), { shared: true })
    onTestFinished(() => held?.release())
    expect(await keepBound(dir, 0, new Set())).toBeUndefined()
    expect(there()).toEqual(['kernel'])
  })

  test('loses what a killed build has left, first', async () => {
    const { dir, there } = await filled({ kernel: 90, image: 0 })
    write(dir, {
      'jack-0123456789abcdef.half/work/x': '',
      'rootfs-0123456789abcdef/entry.json': '{',
    })
    await keepBound(dir, gib(2.5), new Set())
    expect(there()).toEqual(['image'])
    expect(readdirSync(dir).sort()).toEqual([
      '.downbeat',
      'cache.lock',
      expect.stringMatching(/^image-/),
      'kept',
      'node',
    ])
  })
})

test('what a result takes is what is written of it, not the length of a file with holes', async () => {
  const { dir } = await filled({})
  const half = temporaryFolder()
  write(half, { 'out/disk.img': 'x' })
  truncateSync(join(half, 'out/disk.img'), 64 * MiB)
  await commit(
    openCache(dir),
    half,
    { stage: 'image', key: 'a'.repeat(64), wall_s: 1, usage },
    { disk: 'disk.img' },
  )
  const [image] = itemsOf(dir).filter(({ kind }) => kind === 'result')
  expect(image!.bytes).toBeLessThan(MiB)
})

test('a git repository is one download', async () => {
  const { dir } = await filled({})
  write(dir, {
    'kept/sources/linux.git/HEAD': 'x',
    'kept/sources/linux.git/objects/pack/a.pack': 'x',
    'kept/sources/linux.git.lock': '',
  })
  const downloads = itemsOf(dir).filter(({ kind }) => kind === 'download')
  expect(downloads.map(({ path }) => path).sort()).toEqual([
    join(dir, 'kept/debs/arm64/a.deb'),
    join(dir, 'kept/sources/linux.git'),
  ])
  expect(itemsInWords(downloads)).toBe('2 downloads (0.0 GiB)')
  expect(bytesOf(downloads)).toBeGreaterThan(MiB)
})
