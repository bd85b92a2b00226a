import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cacheFolder, gibOf } from '../../lib/engine/cache/folder.ts'
import { HostError } from '../../lib/common/words/errors.ts'
import { mountOf, whyNoRoots } from '../../lib/engine/cache/mounts.ts'
import { takeFolder } from '../../lib/engine/cache/own-folder.ts'
import { downbeat, refusal, repository, temporaryFolder, write } from './fixtures.ts'

function hostRefusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof HostError) return `${error.message}\n${error.mend}`
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the cache of a user', () => {
  const places: [string, Record<string, string>, string][] = [
    ['is in .cache of the home', { HOME: '/home/a' }, '/home/a/.cache/downbeat'],
    [
      'is in the folder that XDG_CACHE_HOME names',
      { HOME: '/home/a', XDG_CACHE_HOME: '/fast' },
      '/fast/downbeat',
    ],
    [
      'is not below a relative XDG_CACHE_HOME',
      { HOME: '/home/a', XDG_CACHE_HOME: 'fast' },
      '/home/a/.cache/downbeat',
    ],
    ['needs no home where XDG_CACHE_HOME is set', { XDG_CACHE_HOME: '/fast' }, '/fast/downbeat'],
    [
      'is the very folder that DOWNBEAT_CACHE names',
      { HOME: '/home/a', XDG_CACHE_HOME: '/fast', DOWNBEAT_CACHE: '/mine' },
      '/mine',
    ],
    [
      'is where it is by default if DOWNBEAT_CACHE is empty',
      { HOME: '/home/a', DOWNBEAT_CACHE: '' },
      '/home/a/.cache/downbeat',
    ],
  ]

  test.each(places)('%s', (_, environment, folder) => {
    expect(cacheFolder(environment)).toBe(folder)
  })

  test.each(places)('%s, and the launcher thinks so, too', (_, environment, folder) => {
    const node = join(temporaryFolder(), 'node')
    write(join(node, '..'), {
      node: '#!/bin/sh\ncase $1 in -p | --version) echo 24.99.0 ;; *) echo "$DOWNBEAT_CACHE" ;; esac\n',
    })
    chmodSync(node, 0o755)
    const env = { PATH: process.env['PATH'], DOWNBEAT_NODE: node, ...environment }
    expect(execFileSync(join(repository, 'downbeat'), { env, encoding: 'utf8' })).toBe(
      `${folder}\n`,
    )
  })

  test('is asked for where there is no home', () => {
    expect(hostRefusal(() => cacheFolder({}))).toBe(
      'there is no folder for the cache: HOME is not set\nset DOWNBEAT_CACHE to a folder of a local disk',
    )
  })

  test('has no relative path, which would be another folder from elsewhere', () => {
    expect(refusal(() => cacheFolder({ DOWNBEAT_CACHE: 'cache' }))).toBe(
      'DOWNBEAT_CACHE: "cache": expected a path that begins with /',
    )
  })

  test('has a bound in GiB, which is a number', () => {
    expect([
      gibOf({}, 'A', 20),
      gibOf({ A: '' }, 'A', 20),
      gibOf({ A: '0' }, 'A', 20),
      gibOf({ A: '1.5' }, 'A', 20),
    ]).toEqual([20, 20, 0, 1.5])
    for (const text of ['abc', '-1', '1e3', ' '])
      expect(refusal(() => gibOf({ A: text }, 'A', 20))).toBe(
        `A: "${text}": expected a number of GiB, such as 20`,
      )
  })
})

/** What root would hear: only its number is asked for. */
function asRoot<T>(ask: () => T): T {
  const { getuid } = process
  process.getuid = () => 0
  try {
    return ask()
  } finally {
    process.getuid = getuid!
  }
}

describe('a folder that downbeat takes for its own', () => {
  const place = (path: string) => ({
    path,
    variable: 'DOWNBEAT_CACHE',
    ours: (name: string) => name === 'node',
    looks: () => false,
    roots: true,
  })
  const refused = (path: string): string => hostRefusal(() => takeFolder(place(path)))

  test('is made and marked, and taken again', () => {
    const path = join(temporaryFolder(), 'a/b')
    takeFolder(place(path))
    expect(readdirSync(path)).toEqual(['.downbeat'])
    takeFolder(place(path))
  })

  test("may hold what is downbeat's before it is marked, and nothing else", () => {
    const [ours, other] = [temporaryFolder(), temporaryFolder()]
    write(ours, { 'node/x': '' })
    takeFolder(place(ours))
    write(other, { 'node/x': '', 'letter.txt': '' })
    expect(refused(other)).toBe(
      `${other} holds other things (letter.txt)\nset DOWNBEAT_CACHE to a folder that is empty or not there yet`,
    )
    expect(readdirSync(other).sort()).toEqual(['letter.txt', 'node'])
  })

  test("is not another user's, for root", () => {
    const we = process.getuid!()
    const path = temporaryFolder()
    if (we === 0) chownSync(path, 12345, 12345)
    const said = we === 0 ? refused(path) : asRoot(() => refused(path))
    expect(said).toBe(
      `${path} belongs to another user (${we || 12345})\nrun the same as that user, without sudo; or set DOWNBEAT_CACHE to another folder`,
    )
  })

  test('has no path that the tools cannot take', () => {
    for (const name of ['my cache', 'a:b', 'a,b'])
      expect(refused(join(temporaryFolder(), name))).toMatch(
        /has a "[ :,]" in it, which the kernel's build and QEMU cannot take\nmove the folder, or set DOWNBEAT_CACHE to another one$/,
      )
  })

  test('is no file, is not below one, and can be written to', () => {
    const folder = temporaryFolder()
    write(folder, { file: '' })
    const mend = 'set DOWNBEAT_CACHE to another folder'
    expect(refused(join(folder, 'file'))).toBe(`${join(folder, 'file')} is no folder\n${mend}`)
    expect(refused(join(folder, 'file/a'))).toBe(`${join(folder, 'file/a')} is no folder\n${mend}`)
    expect(refused('/proc/downbeat')).toBe(`/proc/downbeat cannot be written to (ENOENT)\n${mend}`)
  })
})

describe('the disk of a folder', () => {
  const mountinfo = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:5 / /home rw,nosuid - nfs4 server:/home rw
31 22 0:6 / /home/a/my\\040disk rw,noexec shared:7 master:1 - ext4 /dev/sdb1 rw
32 22 0:7 / /mnt rw - tmpfs one rw
33 22 0:8 / /mnt rw - xfs two rw
`
  test.each([
    ['/var/cache', 'ext4'],
    ['/home', 'nfs4'],
    ['/home/a/.cache', 'nfs4'],
    ['/homework', 'ext4'],
    ['/home/a/my disk/x', 'ext4'],
    ['/mnt/x', 'xfs'],
  ])('is that of the innermost mount, and of the last one there: %s lies on %s', (path, type) => {
    expect(mountOf(path, mountinfo)?.type).toBe(type)
  })

  test('is not known where the kernel says nothing', () => {
    expect(mountOf('/home', '')).toBeUndefined()
  })

  test('is not of the network, and programs may be run from it', () => {
    const why = (type: string, ...options: string[]) => whyNoRoots({ type, options })
    for (const type of [
      'nfs',
      'nfs4',
      'cifs',
      'smb3',
      '9p',
      'afs',
      'ceph',
      'fuse.sshfs',
      'fuse.glusterfs',
    ])
      expect(why(type, 'rw')).toBe(
        `a file system of the network (${type}), which cannot hold the roots that stages make`,
      )
    expect(why('ext4', 'rw', 'noexec')).toBe(
      'a file system from which no program may be run (noexec)',
    )
    for (const type of ['ext4', 'btrfs', 'xfs', 'zfs', 'tmpfs', 'overlay'])
      expect(why(type, 'rw', 'nosuid', 'nodev')).toBeUndefined()
  })
})

describe('what is wrong about the cache is said in one sentence, before anything runs:', () => {
  const file = (): string => {
    const folder = temporaryFolder()
    write(folder, { file: '' })
    return join(folder, 'file')
  }
  test.each<[string, () => Record<string, string>, number, RegExp]>([
    [
      'a relative path',
      () => ({ DOWNBEAT_CACHE: 'here' }),
      2,
      /^✖ DOWNBEAT_CACHE: "here": expected a path that begins with \/\n$/,
    ],
    [
      'a file',
      () => ({ DOWNBEAT_CACHE: file() }),
      3,
      /^✖ \S+\/file is no folder\n {2}to mend it: set DOWNBEAT_CACHE to another folder\n$/,
    ],
    [
      'no home',
      () => ({ DOWNBEAT_CACHE: '', HOME: '', XDG_CACHE_HOME: '' }),
      3,
      /^✖ there is no folder for the cache: HOME is not set\n {2}to mend it: .*\n$/,
    ],
    [
      'a bound that is none',
      () => ({ DOWNBEAT_CACHE_GIB: 'abc' }),
      2,
      /^✖ DOWNBEAT_CACHE_GIB: "abc": expected a number of GiB, such as 20\n$/,
    ],
    [
      'room that is none',
      () => ({ DOWNBEAT_SPARE_GIB: 'abc' }),
      2,
      /^✖ DOWNBEAT_SPARE_GIB: "abc": expected a number of GiB, such as 4\n$/,
    ],
  ])('%s', async (_, env, status, message) => {
    const said = await downbeat(['build', '--until', 'configure'], {
      out: temporaryFolder(),
      env: env(),
    })
    expect(said).toMatchObject({ status, stdout: '', stderr: expect.stringMatching(message) })
  })
})
