import { spawn } from 'node:child_process'
import { constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { downbeat as run, repository, temporaryFolder, until } from './fixtures.ts'
import {
  bmapText,
  emptyFile,
  folderOf,
  imageBytes,
  inPath,
  loopDevice,
  MiB,
  noise,
} from './flash-fixtures.ts'

// What ./downbeat flash does, as somebody types it: to regular files, and to loop devices where
// this machine has them.

const image = imageBytes(12)
const downbeat = (args: string[], more: { env?: Record<string, string>; cwd?: string } = {}) =>
  run(['flash', ...args], { out: temporaryFolder(), ...more })

/** A folder as a build leaves it, and beside it a file in place of a card, which was bootable. */
function bench(more: Record<string, string | Buffer> = {}, bytes = 16 * MiB) {
  const folder = folderOf({ 'x.img': image, ...more })
  const card = emptyFile(join(folder, 'card'), bytes)
  const old = noise(4 * MiB, 23)
  old.writeUInt16LE(0xaa55, 510)
  if (bytes <= 64 * MiB)
    writeFileSync(card, Buffer.concat([old, Buffer.alloc(bytes - old.length, 0xee)]))
  return { folder, card, old, holds: () => readFileSync(card) }
}

test('an image is written to a file, read back, and all is said in three lines', async () => {
  const { folder, card, holds } = bench()
  const { status, stdout, stderr } = await downbeat([folder, card, '--yes'])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(
    new RegExp(
      `^${folder}/x\\.img: 12\\.6 MB; all of it is written, there is no block map\n${card}: file, 16\\.8 MB\n✔ ${card}: 12\\.6 MB written in \\S+ s \\(\\S+ MB/s\\), read back and the same in \\S+ s \\(\\S+ MB/s\\)\n$`,
    ),
  )
  expect(holds().subarray(0, image.length).equals(image)).toBe(true)
})

test('a device is written to past the page cache, by its map, and is nobody else’s meanwhile', async () => {
  const map = bmapText(image, [
    [0, 1],
    [512, 1280],
    [3071, 3071],
  ])
  const { folder, card, old } = bench({ 'x.bmap': map })
  const device = loopDevice(card)
  const { status, stdout, stderr } = await downbeat([join(folder, 'x.img'), device, '-y'])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain(`x.img: 12.6 MB; 3.2 MB of it are written, as ${folder}/x.bmap says\n`)
  const now = readFileSync(device)
  expect(now.subarray(0, MiB).equals(image.subarray(0, MiB))).toBe(true)
  expect(
    now.subarray(2 * MiB, 5 * MiB + 4096).equals(image.subarray(2 * MiB, 5 * MiB + 4096)),
  ).toBe(true)
  expect(now.subarray(MiB, 2 * MiB).equals(old.subarray(MiB, 2 * MiB))).toBe(true)
})

test('what another program has for itself, or open for writing, is refused with its name', async () => {
  const { folder, card } = bench()
  const device = loopDevice(card)
  const held = await open(device, constants.O_RDWR | (device === card ? 0 : constants.O_EXCL))
  onTestFinished(() => held.close())
  const { status, stderr } = await downbeat([folder, device, '--yes'])
  expect([status, stderr]).toEqual([
    2,
    `✖ ${device}: it is in use (${basename(process.argv0)} (process ${process.pid}) has it open for writing): end that program\n`,
  ])
})

test('--dry-run shows every rule, and writes nothing', async () => {
  const { folder, card, holds } = bench()
  const before = holds()
  const { status, stdout } = await downbeat([folder, card, '--dry-run'])
  expect(status).toBe(0)
  expect(stdout).toMatch(/^ {2}✔ this system does not run from it$/m)
  expect(stdout).toMatch(/\nit would be written to; nothing was\n$/)
  expect(holds().equals(before)).toBe(true)
})

describe('refused with exit status 2, one message and an untouched disk is', () => {
  const refused = async (args: string[], message: string | RegExp, holds: () => Buffer) => {
    const before = holds()
    const { status, stderr } = await downbeat(args)
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(status).toBe(2)
    expect(holds().equals(before)).toBe(true)
  }

  test('a disk that is read-only', async () => {
    const { folder, card, holds } = bench()
    const device = loopDevice(card, { readOnly: true })
    await refused(
      [folder, device, '--yes'],
      `✖ ${device}: it is read-only: see who may write to it\n`,
      holds,
    )
  })

  test('a disk that is smaller than the image', async () => {
    const { folder, card, holds } = bench({}, 8 * MiB)
    const device = loopDevice(card)
    await refused(
      [folder, device, '--yes'],
      /: it is too small: it has 8\.4 MB \(8388608 bytes\), and the image 12\.6 MB/,
      holds,
    )
  })

  test('a disk that has more than 256 GiB, until --large is said', async () => {
    const { folder, card } = bench({}, 257 * 2 ** 30)
    const { status, stderr } = await downbeat([folder, card, '--yes'])
    expect([status, stderr]).toEqual([
      2,
      `✖ ${card}: it has 276.0 GB, more than most cards: add --large if it is the right one\n`,
    ])
    expect(await downbeat([folder, card, '--yes', '--large'])).toMatchObject({
      status: 0,
      stderr: '',
    })
  })

  test('the image itself', async () => {
    const { folder } = bench()
    const path = join(folder, 'x.img')
    await refused(
      [path, path, '--yes'],
      `✖ ${path}: this is the image itself: name another file\n`,
      () => readFileSync(path),
    )
  })

  test('a file that is not there, and none is made', async () => {
    const { folder, holds } = bench()
    const path = join(folder, 'sdx')
    await refused(
      [folder, path, '--yes'],
      /: there is no such disk \(a file that stands for a card must be there already\)\n$/,
      holds,
    )
    expect(existsSync(path)).toBe(false)
  })

  test('a device that is not there: nothing is made in /dev', async () => {
    const { folder, holds } = bench()
    await refused(
      [folder, '/dev/downbeat-none', '--yes'],
      '✖ /dev/downbeat-none: there is no such disk',
      holds,
    )
    expect(existsSync('/dev/downbeat-none')).toBe(false)
  })

  test('to write without being asked where nobody can be asked', async () => {
    const { folder, card, holds } = bench()
    await refused(
      [folder, card],
      '✖ there is no terminal to ask at; --yes writes without asking\n',
      holds,
    )
  })

  test('--yes for whatever disk there may be', async () => {
    const { folder, holds } = bench()
    await refused(
      [folder, '--yes'],
      '✖ --yes: name the disk that is to be written to, too\n',
      holds,
    )
  })
})

describe('without a disk', () => {
  const lsblk = `cat ${join(repository, 'test/unit/flash/lsblk.json')}`

  test('the disks of the machine are listed, with why some are refused, and what to type for the first that is not', async () => {
    const { folder } = bench()
    const { status, stdout, stderr } = await downbeat([folder], { env: inPath({ lsblk }) })
    expect([status, stderr]).toEqual([2, `✖ which disk? ./downbeat flash ${folder} /dev/sdd\n`])
    const more = await downbeat([folder, '--hostname', 'synth', '--wifi', 'my home'], {
      env: inPath({ lsblk }),
    })
    expect(more.stderr).toBe(
      `✖ which disk? ./downbeat flash ${folder} --hostname synth --wifi 'my home' /dev/sdd\n`,
    )
    expect(stdout).toMatch(/^✔ \/dev\/sdd {6}Ultra, serial 4C530001, 31\.9 GB, usb$/m)
    expect(stdout).toMatch(
      /^✖ \/dev\/nvme0n1 .*\n {4}this system itself runs from it \(\/boot\/efi, \/, \[SWAP\]\)$/m,
    )
  })

  test('what a disk says of itself reaches no terminal as it is', async () => {
    const hostile = '\u001B[2J\u009B31m\u202Etxt\u0007\n✔ /dev/sda'
    const disk = {
      name: '/dev/sdx',
      kname: '/dev/sdx',
      type: 'disk',
      subsystems: 'block:scsi:usb:pci',
      size: 64e9,
      'log-sec': 512,
      tran: 'usb',
      'maj:min': '8:200',
      label: hostile,
      model: hostile,
      serial: hostile,
      vendor: hostile,
    }
    const blockdevices = [disk, { ...disk, name: '/dev/sdy', mountpoints: [`/media/${hostile}`] }]
    const folder = folderOf({ 'x.img': image, json: JSON.stringify({ blockdevices }) })
    const { stdout, stderr } = await downbeat([join(folder, 'x.img'), '--dry-run'], {
      env: inPath({ lsblk: `cat ${join(folder, 'json')}` }),
    })
    expect(stderr).toBe('')
    expect(stdout.trimEnd().split('\n')).toHaveLength(3)
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(stdout).toContain(String.raw`\u001b[2J\u009b31m\u202etxt\u0007 ✔ /dev/sda`)
  })

  test('nor does a name that was typed', async () => {
    const { status, stderr } = await downbeat(['x\u001B[31m\n✔ y.img', '/dev/null'])
    expect([status, stderr.split('\n').length]).toEqual([2, 2])
    expect(stderr).toContain(String.raw`✖ x\u001b[31m\n✔ y.img: there is no such file`)
  })

  test('--dry-run lists them, and is content with that', async () => {
    const { folder } = bench()
    expect(await downbeat([folder, '--dry-run'], { env: inPath({ lsblk }) })).toMatchObject({
      status: 0,
      stderr: '',
    })
  })

  test('a machine without a card is told to put one in', async () => {
    const { folder } = bench()
    const { status, stderr } = await downbeat([folder], {
      env: inPath({ lsblk: `echo '{"blockdevices":[]}'` }),
    })
    expect([status, stderr]).toEqual([
      2,
      '✖ there is no disk here that may be written to: put a card in, and run the same command again\n',
    ])
  })

  test('a machine whose lsblk fails is told so', async () => {
    const { folder } = bench()
    const { status, stderr } = await downbeat([folder], {
      env: inPath({ lsblk: 'echo "lsblk: broken" >&2; exit 1' }),
    })
    expect(status).toBe(3)
    expect(stderr).toBe(
      '✖ lsblk could not say which disks there are (lsblk: broken)\n  to mend it: see what it prints: lsblk\n',
    )
  })
})

describe('at a terminal', () => {
  /** Types an answer there; script(1) makes the terminal. */
  async function answered(answer: string) {
    const files = bench()
    const typed = `${join(repository, 'downbeat')} flash ${files.folder} ${files.card}`
    const child = spawn('script', ['-qec', typed, '/dev/null'], {
      env: {
        ...process.env,
        DOWNBEAT_OUT: temporaryFolder(),
        DOWNBEAT_NODE: process.execPath,
        NO_COLOR: '1',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    child.stdout.on('data', (text: Buffer) => (said += text.toString()))
    const ended = new Promise<number | null>((done) => child.once('close', done))
    await until(() => said.includes('> '))
    child.stdin.write(answer)
    const status = await ended
    return {
      status,
      said,
      written: files.holds().subarray(0, image.length).equals(image),
      same: files
        .holds()
        .subarray(0, 4 * MiB)
        .equals(files.old),
    }
  }

  test('it writes when its name, model and size are typed', async () => {
    const { status, said, written } = await answered('card file 16.8MB\n')
    expect(said).toContain('Everything on it will be lost. To go on, type: card file 16.8MB\r\n')
    expect([status, written]).toEqual([0, true])
  })

  test('it does not for anything else', async () => {
    const { status, said, same } = await answered('yes\n')
    expect(said).toContain('✖ that is not "card file 16.8MB": nothing was written')
    expect([status, same]).toEqual([2, true])
  })

  test('it does not when the input ends, or at Ctrl-C', async () => {
    expect(await answered('\u0004')).toMatchObject({ status: 2, same: true })
    const { status, said, same } = await answered('\u0003')
    expect(said).toContain('stopped; nothing was written')
    expect([status, same]).toEqual([130, true])
  })
})

describe('stopped half way', () => {
  /** Unpacking gives 8 MiB of the image, and then no more for as long as downbeat lives. */
  const half = (path: string): Record<string, string> =>
    inPath({
      xz: `case $1 in
  --robot) printf 'totals\\t1\\t1\\t100\\t${image.length}\\t0.1\\tCRC64\\t0\\t1\\n' ;;
  *) head -c ${8 * MiB} ${path}; while kill -0 $PPID 2>/dev/null; do sleep 0.05; done ;;
esac`,
    })

  async function stoppedBy(signal: 'SIGINT' | 'SIGKILL') {
    const files = bench({ 'y.img.xz': Buffer.from('fd377a585a000000', 'hex') })
    const device = loopDevice(files.card)
    const env = {
      ...process.env,
      ...half(join(files.folder, 'x.img')),
      DOWNBEAT_OUT: temporaryFolder(),
      DOWNBEAT_NODE: process.execPath,
    }
    const child = spawn(
      join(repository, 'downbeat'),
      ['flash', join(files.folder, 'y.img.xz'), device, '--yes'],
      {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    const ended = new Promise<number | null>((done) => child.once('close', done))
    await until(() =>
      readFileSync(device)
        .subarray(2 * MiB, 4 * MiB)
        .equals(image.subarray(2 * MiB, 4 * MiB)),
    )
    child.kill(signal) // the launcher has become Node itself by then
    return { status: await ended, said, now: readFileSync(device), card: files.card, device }
  }

  test('by SIGKILL, a card that was bootable is not any more', async () => {
    const { now } = await stoppedBy('SIGKILL')
    expect(now.subarray(0, MiB).equals(Buffer.alloc(MiB))).toBe(true)
  })

  test('by Ctrl-C, neither, and that is said', async () => {
    const { status, said, now, card, device } = await stoppedBy('SIGINT')
    expect(status).toBe(130)
    expect(said).toBe(
      `\nstopped; ${device === card ? card : 'the card'} is not bootable now; run the same command to start over\n`,
    )
    expect(now.subarray(0, MiB).equals(Buffer.alloc(MiB))).toBe(true)
  })
})

test('a damaged packed image is named before anything is written, without a stack', async () => {
  const { folder, card, holds } = bench({ 'y.img.xz': Buffer.from('fd377a585a000000', 'hex') })
  const { status, stderr } = await downbeat([join(folder, 'y.img.xz'), card, '--yes'])
  expect(status).toBe(2)
  expect(stderr).toMatch(/^✖ .*y\.img\.xz: it is damaged, or not whole \(.*\); get it again\n$/)
  expect(holds().readUInt16LE(510)).toBe(0xaa55) // it was found before anything was written
})
