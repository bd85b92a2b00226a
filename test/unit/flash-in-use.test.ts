import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { deviceNumber, deviceOf, identityOf } from '../../lib/card/drives/identity.ts'
import { whatIsInUse } from '../../lib/card/drives/in-use.ts'
import { downbeat, temporaryFolder } from './fixtures.ts'
import { emptyFile, folderOf, imageBytes, loopDevice, MiB } from './flash-fixtures.ts'

// What is written to must be nobody else's: the image itself under another name, the disk of a
// machine that runs, swap.

const image = imageBytes(4)

/** Files in a folder, and what flash says to writing to one of them, which stays as it is. */
function bench() {
  const folder = folderOf({ 'x.img': image })
  const card = emptyFile(join(folder, 'card'), 8 * MiB)
  return { folder, source: join(folder, 'x.img'), card }
}

async function refused(source: string, target: string): Promise<string> {
  const before = readFileSync(target)
  const { status, stderr } = await downbeat(['flash', source, target, '--yes'], {
    out: temporaryFolder(),
  })
  expect([status, stderr.trim().split('\n').length]).toEqual([2, 1])
  expect(readFileSync(target).equals(before)).toBe(true)
  expect(stderr.startsWith(`✖ ${target}: `)).toBe(true)
  return stderr.slice(`✖ ${target}: `.length).trim()
}

/** A program that has a file open until the test ends. */
async function opened(file: string, mode: '<' | '>>' | '<>', more: string[] = []): Promise<number> {
  const child = spawn(
    'sh',
    [
      '-c',
      `exec 9${mode} "$1"; shift; "$@" && echo ready && exec cat`,
      'sh',
      file,
      ...(more.length > 0 ? more : ['true']),
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise<void>((done, fail) => {
    child.stdout.once('data', () => done())
    child.once('exit', () => fail(new Error('it has ended')))
  })
  return child.pid!
}

describe('the image is not written over, whatever name leads to it:', () => {
  test('a hard link', async () => {
    const { folder, source } = bench()
    linkSync(source, join(folder, 'other'))
    expect(await refused(source, join(folder, 'other'))).toBe(
      'this is the image itself: name another file',
    )
  })

  test('a symbolic link', async () => {
    const { folder, source } = bench()
    symlinkSync(source, join(folder, 'other'))
    const { status, stderr } = await downbeat(['flash', source, join(folder, 'other'), '-y'], {
      out: temporaryFolder(),
    })
    expect([status, stderr]).toEqual([
      2,
      `✖ ${join(folder, 'other')}: this is the image itself: name another file\n`,
    ])
    expect(readFileSync(source).equals(image)).toBe(true)
  })

  test('a loop device', async () => {
    const { source } = bench()
    const device = loopDevice(source)
    expect(await refused(source, device)).toBe(
      device === source
        ? 'this is the image itself: name another file'
        : `it is made of the image itself (${source}): name another disk`,
    )
  })

  test('a bind mount', async () => {
    const { folder, source } = bench()
    mkdirSync(join(folder, 'bound'))
    // of this test's own, in a namespace that ends with it
    const { stdout, stderr } = spawnSync(
      'unshare',
      [
        '--mount',
        ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
        'sh',
        '-c',
        'mount --bind "$1" "$1/bound" && "$2" "$3" flash "$1/x.img" "$1/bound/x.img" --yes; echo "$?"',
        'sh',
        folder,
        process.execPath,
        join(import.meta.dirname, '../../scripts/main.ts'),
      ],
      { encoding: 'utf8' },
    )
    expect([stdout, stderr]).toEqual([
      expect.stringMatching(/\n2\n$/),
      `✖ ${folder}/bound/x.img: this is the image itself: name another file\n`,
    ])
    expect(readFileSync(source).equals(image)).toBe(true)
  })
})

describe('a file is not written to', () => {
  test('if it has a second name', async () => {
    const { folder, source, card } = bench()
    linkSync(card, join(folder, 'second'))
    expect(await refused(source, card)).toBe(
      'it has 1 more name (hard links), and all of them would be written to: name a copy of it',
    )
  })

  test.each(['>>', '<>'] as const)('while a program has it open for writing (%s)', async (mode) => {
    const { source, card } = bench()
    const pid = await opened(card, mode)
    expect(await refused(source, card)).toBe(
      `it is in use (cat (process ${pid}) has it open for writing): end that program`,
    )
  })

  test('while a program has locked it, as the disk of a machine that only reads it', async () => {
    const { source, card } = bench()
    await opened(card, '<', ['flock', '--shared', '9'])
    expect(await refused(source, card)).toMatch(
      /^it is in use \((process \d+|a program) has locked it\): end that program \(such as a virtual machine\)$/,
    )
  })

  test('while a loop device is made of it', async () => {
    const { source, card } = bench()
    const device = loopDevice(card)
    if (device === card)
      return expect(existsSync('/dev/loop-control') && process.getuid?.() === 0).toBe(false)
    expect(await refused(source, card)).toBe(
      `it is in use (${device} is made of it): sudo losetup --detach ${device}`,
    )
    const second = loopDevice(card)
    expect(await refused(source, second)).toMatch(
      /^it is in use \(\/dev\/loop\d+ is made of it\): /,
    )
  })

  test('but it is while a program only reads it', async () => {
    const { source, card } = bench()
    await opened(card, '<')
    const { status } = await downbeat(['flash', source, card, '--yes'], { out: temporaryFolder() })
    expect(status).toBe(0)
  })
})

describe('what the kernel tells of', () => {
  /** Folders in the place of /sys and /proc. */
  function kernel(files: Record<string, string>) {
    const folder = temporaryFolder()
    for (const name of ['sys', 'proc']) mkdirSync(join(folder, name))
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    return { folder, sys: join(folder, 'sys'), proc: join(folder, 'proc') }
  }

  test('swap files, also with a space in the name', () => {
    const folder = folderOf({ 'swap file': 'x' })
    const swaps = `Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n${folder}/swap\\040file file 1024 0 -2\n/dev/none partition 1 0 -3\n`
    const found = whatIsInUse(kernel({ 'proc/swaps': swaps }))
    expect([...found]).toEqual([
      [
        identityOf(join(folder, 'swap file')),
        [{ by: 'this system swaps to it', mend: `sudo swapoff '${folder}/swap file'` }],
      ],
    ])
  })

  test('the files behind loop devices', () => {
    const folder = folderOf({ disk: 'x' })
    const found = whatIsInUse(
      kernel({
        'sys/block/loop9/loop/backing_file': `${folder}/disk\n`,
        'sys/block/loop8/loop/backing_file': `${folder}/gone (deleted)\n`,
      }),
    )
    expect([...found]).toEqual([
      [
        identityOf(join(folder, 'disk')),
        [{ by: '/dev/loop9 is made of it', mend: 'sudo losetup --detach /dev/loop9' }],
      ],
    ])
  })

  test('locks, by the numbers of a file', () => {
    const file = join(folderOf({ disk: 'x' }), 'disk')
    const { dev, ino } = statSync(file, { bigint: true })
    const [major, minor] = deviceNumber(dev)
      .split(':')
      .map((number) => Number(number).toString(16).padStart(2, '0'))
    const locks = `1: OFDLCK ADVISORY  READ  -1 ${major}:${minor}:${ino} 100 101\n1: -> OFDLCK ADVISORY WRITE 3 00:01:1 0 EOF\n`
    expect(whatIsInUse(kernel({ 'proc/locks': locks })).get(identityOf(file)!)).toEqual([
      { by: 'a program has locked it', mend: 'end that program (such as a virtual machine)' },
    ])
  })

  test('nothing, where it tells nothing', () => {
    expect(whatIsInUse({ sys: '/not-there', proc: '/not-there' }).size).toBe(0)
  })
})

test('the two ways to write the number of a device mean the same', () => {
  for (const [major, minor] of [
    [8n, 16n],
    [259n, 5n],
    [4095n, 1048575n],
    [0n, 131n],
    [179n, 256n],
  ] as const)
    expect(deviceNumber(deviceOf(major, minor))).toBe(`${major}:${minor}`)
})

describe('what is closed is not written to', () => {
  // the first bytes of these, as libblkid knows them
  const closed: Record<string, [Buffer, at: number]> = {
    crypto_LUKS: [Buffer.from('LUKS\u00BA\u00BE\0\u0001', 'latin1'), 0],
    LVM2_member: [
      Buffer.concat([
        Buffer.from('LABELONE\u0001'.padEnd(20, '\0')),
        Buffer.from([0x20, 0, 0, 0]),
        Buffer.from('LVM2 001'),
      ]),
      512,
    ],
    btrfs: [Buffer.from('_BHRfS_M'), 65536 + 64],
  }

  test.each(Object.entries(closed))('%s', async (type, [bytes, at]) => {
    const { source, card } = bench()
    const disk = readFileSync(card)
    bytes.copy(disk, at)
    writeFileSync(card, disk)
    const device = loopDevice(card)
    expect(await refused(source, device)).toMatch(
      new RegExp(`^it holds what may be somebody's data \\(${device}: .* \\(${type}\\)\\): `),
    )
  })
})
