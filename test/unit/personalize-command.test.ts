import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { downbeat as run, repository, temporaryFolder, until } from './fixtures.ts'
import { bmapText, folderOf, imageBytes, inPath, loopDevice, MiB } from './flash-fixtures.ts'

// What ./downbeat personalize, and flash with settings, do as somebody types them: to regular files
// and loop devices. In place of mtools there are two scripts, which know one file;
// test/image/personalize.test.ts asks the real ones.

/** An image with a boot partition of 4 MiB at 1 MiB. */
const image = imageBytes(12)
image.writeUInt8(0x0c, 450)
image.writeUInt32LE(2048, 454)
image.writeUInt32LE(8192, 458)

const TEXT = 'hostname = "one"\n'
/** Where the scripts put the file: the last block but one of the boot partition. */
const PLACE = 5 * MiB - 8192
const mtools = {
  mtype: `case $1 in -V) ;; *) printf '${TEXT.replace('\n', '\\n')}' ;; esac`,
  mcopy: `dd if="$4" of="$3" bs=4096 seek=${(PLACE - MiB) / 4096} conv=notrunc status=none`,
  mren: '', // the scripts know no names
}
const downbeat = (args: string[], env: Record<string, string> = {}, cwd?: string) =>
  run(args, {
    out: temporaryFolder(),
    env: { ...inPath(mtools), ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })

const told = (bytes: Buffer): string => bytes.subarray(PLACE, PLACE + 17).toString()
const settings = ['--hostname', 'two']

/** That it is refused with this message, and that the file is what it was. */
async function refused(
  args: string[],
  file: string,
  message: string | RegExp,
  env: Record<string, string> = {},
): Promise<void> {
  const before = readFileSync(file)
  const { status, stderr } = await downbeat(args, env)
  expect(stderr).toMatch(message)
  expect(stderr.trim().split('\n'), stderr).toHaveLength(1)
  expect(status).toBe(2)
  expect(readFileSync(file).equals(before)).toBe(true)
}

describe('a card', () => {
  test('gets just the blocks that differ, and they are read back', async () => {
    const card = join(folderOf({ card: image }), 'card')
    const device = loopDevice(card)
    const { status, stdout, stderr } = await downbeat(['personalize', device, ...settings])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toBe(
      `${device}: written, and read back; the card takes it when it is started the next time\n`,
    )
    const now = readFileSync(device)
    expect(told(now)).toBe('hostname = "two"\n')
    image.copy(now, PLACE, PLACE, PLACE + 4096)
    expect(now.equals(image)).toBe(true)
  })

  test('that is read-only is refused', async () => {
    const card = join(folderOf({ card: image }), 'card')
    const device = loopDevice(card, { readOnly: true })
    await refused(['personalize', device, ...settings], card, `✖ ${device}: it is read-only`)
  })

  test('whose boot partition is mounted is told by its folder, with all that was typed', async () => {
    // a device that is on every machine
    const [folder, device] = [folderOf({ 'downbeat.toml': TEXT }), '/dev/null']
    const found = {
      name: device,
      type: 'disk',
      rm: true,
      size: image.length,
      'maj:min': '1:3',
      mountpoints: ['/elsewhere', folder],
    }
    const lsblk = inPath({
      ...mtools,
      lsblk: `cat <<'EOT'\n${JSON.stringify({ blockdevices: [found] })}\nEOT`,
    })
    const typed = ['personalize', device, '--hostname', 'two', '--timezone', 'Europe/Berlin']
    const hint = `./downbeat personalize ${folder} --hostname two --timezone Europe/Berlin`
    await refused(
      typed,
      device,
      `✖ ${device}: it is mounted; name that folder instead: ${hint}\n`,
      lsblk,
    )
  })

  test.each(['mcopy', 'mren'] as const)(
    'whose boot partition is full, or damaged, is told with what %s says of it, and stays',
    async (program) => {
      const card = join(folderOf({ card: image }), 'card')
      const device = loopDevice(card)
      const fails = inPath({ ...mtools, [program]: 'echo "Disk full" >&2; exit 1' })
      await refused(
        ['personalize', device, ...settings],
        card,
        `✖ ${device}: its boot partition cannot be changed (Disk full); nothing was written: `,
        fails,
      )
    },
  )

  test('is as it was where the folder for what is prepared is none', async () => {
    const card = join(folderOf({ card: image }), 'card')
    const device = loopDevice(card)
    const env = { ...inPath(mtools), TMPDIR: card }
    const { status, stderr } = await downbeat(['personalize', device, ...settings], env)
    expect(stderr).toMatch(`✖ ${card}: no file can be made there (ENOTDIR), and the settings`)
    expect(status).toBe(3)
    expect(readFileSync(card).equals(image)).toBe(true)
  })

  test('of which something else is mounted is to be unmounted', async () => {
    const found = {
      name: '/dev/null',
      type: 'disk',
      rm: true,
      size: image.length,
      'maj:min': '1:3',
      mountpoints: ['/elsewhere'],
    }
    const lsblk = inPath({
      ...mtools,
      lsblk: `cat <<'EOT'\n${JSON.stringify({ blockdevices: [found] })}\nEOT`,
    })
    await refused(
      ['personalize', '/dev/null', ...settings],
      '/dev/null',
      '✖ /dev/null: it is mounted (/elsewhere): sudo umount /dev/null\n',
      lsblk,
    )
  })
})

describe('an image is not written to where it lies', () => {
  const typed = (path: string) => [
    'personalize',
    path,
    ...settings,
    '--set-on-card',
    'wifi.password=hunter22',
  ]
  const hint = (path: string) =>
    `stays as it is; for an image: ./downbeat personalize ${path} --hostname two --set-on-card wifi.password=… -o FILE\n`

  test('when it is packed', async () => {
    const path = join(folderOf({ 'x.img.xz': Buffer.from('fd377a585a000000', 'hex') }), 'x.img.xz')
    await refused(typed(path), path, `✖ ${path}: it is packed, and ${hint(path)}`)
  })

  test('when it is read-only, as a build leaves it', async () => {
    const path = join(folderOf({ 'x.img': image }), 'x.img')
    chmodSync(path, 0o444)
    await refused(typed(path), path, `✖ ${path}: it is read-only, and ${hint(path)}`)
  })

  test('when it lies in the cache, too', async () => {
    const folder = folderOf({ 'x.img': image })
    linkSync(join(folder, 'x.img'), join(folder, 'cached'))
    const path = join(folder, 'x.img')
    await refused(
      typed(path),
      path,
      `✖ ${path}: it has 1 more name (hard links), and ${hint(path)}`,
    )
  })
})

describe('a copy of an image', () => {
  test('has the settings, and is nobody else’s', async () => {
    const folder = folderOf({ 'x.img': image })
    const output = join(folder, 'y.img')
    expect(
      await downbeat(['personalize', join(folder, 'x.img'), '-o', output, ...settings]),
    ).toMatchObject({ status: 0, stderr: '' })
    expect(told(readFileSync(output))).toBe('hostname = "two"\n')
    expect(readFileSync(join(folder, 'x.img')).equals(image)).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['x.img', 'y.img'])
  })

  test('is not made in place of a device, a folder or the image itself', async () => {
    const folder = folderOf({ 'x.img': image })
    const path = join(folder, 'x.img')
    mkdirSync(join(folder, 'there'))
    const to = (output: string) => ['personalize', path, ...settings, '-o', output]
    await refused(
      to('/dev/null'),
      path,
      `✖ --output /dev/null: that is no file; to write a card: ./downbeat flash ${path} /dev/null, with`,
    )
    await refused(
      to(join(folder, 'there')),
      path,
      `there: that is no file; name one in it: -o ${join(folder, 'there/NAME.img')}\n`,
    )
    await refused(
      to(path),
      path,
      `✖ --output ${path}: this is the image itself; name another file\n`,
    )
    linkSync(path, join(folder, 'other'))
    await refused(to(join(folder, 'other')), path, /other: this is the image itself; name another/)
    expect(readdirSync(folder).sort()).toEqual(['other', 'there', 'x.img'])
  })

  test('is not made where no file can be made, and its name is no longer than a name can be', async () => {
    const path = join(folderOf({ 'x.img': image }), 'x.img')
    const told = await downbeat(['personalize', path, ...settings, '-o', '/proc/downbeat-x'])
    expect(told).toMatchObject({
      status: 3,
      stderr:
        '✖ --output /proc/downbeat-x: it could not be written (ENOENT)\n  to mend it: name a file on another disk: -o FILE\n',
    })
    const long = 'ä'.repeat(121)
    await refused(
      ['personalize', path, ...settings, '-o', long],
      path,
      `✖ --output ${long}: this name has 242 bytes; take one with at most 240\n`,
    )
  })

  test('is not made in place of a file that another program writes to', async () => {
    const folder = folderOf({ 'x.img': image, disk: 'of a virtual machine' })
    const held = await open(join(folder, 'disk'), 'r+')
    onTestFinished(() => held.close())
    await refused(
      ['personalize', join(folder, 'x.img'), ...settings, '-o', join(folder, 'disk')],
      join(folder, 'disk'),
      /^✖ --output .*disk: it is in use \(.* has it open for writing\): end that program\n$/,
    )
  })

  test('is not made of a damaged image: its map is asked, settings or not', async () => {
    const other = bmapText(Buffer.from(image).fill('!', 3 * MiB, 3 * MiB + 1), [[0, 1500]])
    const folder = folderOf({ 'x.img': image, 'x.bmap': other })
    const typed = ['personalize', join(folder, 'x.img'), '-o', join(folder, 'y.img'), ...settings]
    await refused(
      typed,
      join(folder, 'x.img'),
      /x\.img: its bytes 0 to 6148095 do not match .*x\.bmap: /,
    )
    expect(existsSync(join(folder, 'y.img'))).toBe(false)
  })

  test('that is taken only in part, here because the shell lets no file have more than 4 MiB, ends with that and leaves nothing', async () => {
    const folder = folderOf({ 'x.img': image })
    const limited = [
      '-c',
      'ulimit -f 4096; trap "" XFSZ; exec "$@"',
      'sh',
      join(repository, 'downbeat'),
    ]
    const child = spawn('bash', [...limited, 'personalize', 'x.img', '-o', 'y.img', ...settings], {
      cwd: folder,
      env: {
        ...process.env,
        ...inPath(mtools),
        DOWNBEAT_OUT: temporaryFolder(),
        DOWNBEAT_NODE: process.execPath,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    const status = await new Promise<number | null>((done) => child.once('close', done))
    const words =
      '✖ --output y.img: it could not be written (EFBIG)\n  to mend it: name a file on another disk: -o FILE\n'
    expect([status, said]).toEqual([3, words])
    expect(readdirSync(folder)).toEqual(['x.img'])
  })
})

test('where the boot partition is mounted, a shorter text leaves nothing of the longer one', async () => {
  const folder = folderOf({ 'downbeat.toml': `hostname = "${'long'.repeat(10)}"\n# mine\n` })
  expect((await downbeat(['personalize', folder, ...settings])).status).toBe(0)
  expect(readFileSync(join(folder, 'downbeat.toml'), 'utf8')).toBe('hostname = "two"\n# mine\n')
})

test.each([
  ['flash', ['card', '--yes']],
  ['personalize', ['-o', 'y.img']],
])(
  'Ctrl-C while the settings are prepared says that nothing was written: %s',
  async (verb, more) => {
    const folder = folderOf({
      'x.img': image,
      'y.img.xz': Buffer.from('fd377a585a000000', 'hex'),
      card: image,
    })
    mkdirSync(join(folder, 'tmp'))
    const xz = `case $1 in
  --robot) printf 'totals\\t1\\t1\\t100\\t${image.length}\\t0.1\\tCRC64\\t0\\t1\\n' ;;
  *) head -c ${2 * MiB} ${join(folder, 'x.img')}; touch ${join(folder, 'begun')}; while kill -0 $PPID 2>/dev/null; do sleep 0.05; done ;;
esac`
    const child = spawn(join(repository, 'downbeat'), [verb, 'y.img.xz', ...more, ...settings], {
      cwd: folder,
      env: {
        ...process.env,
        ...inPath({ ...mtools, xz }),
        TMPDIR: join(folder, 'tmp'),
        DOWNBEAT_OUT: temporaryFolder(),
        DOWNBEAT_NODE: process.execPath,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    const ended = new Promise<number | null>((done) => child.once('close', done))
    await until(() => existsSync(join(folder, 'begun')))
    child.kill('SIGINT')
    expect([await ended, said]).toEqual([130, '\nstopped; nothing was written\n'])
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
    expect(readFileSync(join(folder, 'card')).equals(image)).toBe(true)
    expect(existsSync(join(folder, 'y.img'))).toBe(false)
  },
)

test('flash puts the settings into what it writes', async () => {
  const folder = folderOf({ 'x.img': image, 'x.bmap': bmapText(image, [[0, 1500]]) })
  const card = join(folder, 'card')
  writeFileSync(card, Buffer.alloc(image.length))
  expect(
    await downbeat(['flash', join(folder, 'x.img'), card, '--yes', ...settings]),
  ).toMatchObject({ status: 0, stderr: '' })
  expect(told(readFileSync(card))).toBe('hostname = "two"\n')
})
