import { spawn } from 'node:child_process'
import { openSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { nameless } from '../../lib/card/personalize/anonymous.ts'
import { takeBootPartition } from '../../lib/card/personalize/boot-partition.ts'
import { differences, fatsOf, inOrder } from '../../lib/card/personalize/differences.ts'
import { removeHalves, writeWhole } from '../../lib/card/personalize/whole-file.ts'
import { writeBeside } from '../../lib/card/personalize/write-beside.ts'
import { editSettings, settingOf, settingsOf } from '../../lib/plan/settings/edit.ts'
import { settingsText } from '../../lib/plan/settings/text.ts'
import { refusal, temporaryFolder } from './fixtures.ts'
import { folderOf } from './flash-fixtures.ts'

const shipped = settingsText({}, { hostname: 'downbeat', jack: { period: 128 } })
const lineOf = (text: string, name: string): string[] =>
  text.split(/\r?\n/).filter((line) => new RegExp(`^#?${name} =`).test(line))
const never = new AbortController().signal

describe('the settings of a card', () => {
  test('take the place of their comments, and nothing else changes', () => {
    const edited = editSettings(
      shipped,
      { hostname: 'synth', jack: { period: 64 }, wifi: { ssid: 'home "2"' } },
      'x',
    )
    expect(lineOf(edited, 'hostname')).toEqual(['hostname = "synth"'])
    expect(lineOf(edited, 'period')).toEqual(['period = 64'])
    expect(lineOf(edited, 'ssid')).toEqual(['ssid = "home \\"2\\""'])
    const [before, after] = [shipped, edited].map((text) => text.split('\n'))
    expect(after!.filter((line, i) => line !== before![i])).toEqual([
      'hostname = "synth"',
      'ssid = "home \\"2\\""',
      'period = 64',
    ])
  })

  test('take the place of values that are there, and of those alone', () => {
    const once = editSettings(shipped, { hostname: 'one', user: { name: 'ada' } }, 'x')
    const twice = editSettings(once, { hostname: 'two' }, 'x')
    expect(lineOf(twice, 'hostname')).toEqual(['hostname = "two"'])
    expect(lineOf(twice, 'name')).toEqual(['name = "ada"'])
  })

  test('come into a file that somebody has written by hand: into its tables, and new ones behind', () => {
    const by_hand = '# mine\nhostname = "a"\n\n[jack]\nrate = 44100 # CD\n\n[mine]\nperiod = 1\n'
    expect(
      editSettings(
        by_hand,
        { timezone: 'Europe/Berlin', jack: { period: 32 }, wifi: { country: 'DE' } },
        'x',
      ),
    ).toBe(
      '# mine\nhostname = "a"\ntimezone = "Europe/Berlin"\n\n[jack]\nrate = 44100 # CD\nperiod = 32\n\n[mine]\nperiod = 1\n\n[wifi]\ncountry = "DE"\n',
    )
  })

  test('come into a new table, however many of it there are', () => {
    const values = { wifi: { ssid: 'home', password: 'geheimgeheim', country: 'DE' } }
    const table = '\n[wifi]\nssid = "home"\npassword = "geheimgeheim"\ncountry = "DE"\n'
    expect(editSettings('hostname = "a"\n', values, 'x')).toBe(`hostname = "a"\n${table}`)
    expect(editSettings('hostname = "a"', values, 'x')).toBe(`hostname = "a"${table}`)
  })

  test('keep the line ends of Windows', () => {
    const edited = editSettings(shipped.replaceAll('\n', '\r\n'), { hostname: 'synth' }, 'x')
    expect(edited.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(edited).toContain('\r\nhostname = "synth"\r\n')
  })

  test('are not written into a file that is broken, or whose lines cannot be told apart', () => {
    expect(() => editSettings('hostname = "a\n', { hostname: 'b' }, 'card: downbeat.toml')).toThrow(
      /^card: downbeat\.toml:1:\d+ .*; mend it first$/,
    )
    const long = '[user]\nssh_keys = [\n  "ssh-ed25519 AAAA a",\n]\n'
    const keys = { hostname: 'b', user: { ssh_keys: ['ssh-ed25519 BBBB b'] } }
    expect(refusal(() => editSettings(long, keys, 'x'))).toBe(
      'x: user.ssh_keys stands there in more than one line, or not below [user]; write it in one, or change it by hand',
    )
    expect(refusal(() => editSettings('jack.period = 64\n', { jack: { period: 32 } }, 'x'))).toBe(
      'x: jack.period stands there in more than one line, or not below [jack]; write it in one, or change it by hand',
    )
    expect(refusal(() => editSettings('hostname = """\na"""\n', { hostname: 'b' }, 'x'))).toBe(
      'x: hostname stands there in more than one line; write it in one, or change it by hand',
    )
  })

  test('are typed by the names of their keys, and checked as the card does', () => {
    const typed = (...words: string[]): unknown =>
      settingsOf(words.map((word) => settingOf(word, '--set-on-card')))
    expect(
      typed(
        'jack.period=64',
        'ssh.enabled=true',
        'user.ssh_keys=ssh-ed25519 AAAA a',
        'hostname=synth',
      ),
    ).toEqual({
      jack: { period: 64 },
      ssh: { enabled: true },
      user: { ssh_keys: ['ssh-ed25519 AAAA a'] },
      hostname: 'synth',
    })
    expect(() => typed('jack.perod=64')).toThrow(
      '--set-on-card jack.perod: there is no setting "jack.perod" (there is: hostname,',
    )
    expect(() => typed('jack')).toThrow(
      '--set-on-card jack: expected key=value, such as --set-on-card jack.period=64',
    )
    expect(() => typed('ssh.enabled=yes')).toThrow(/^--set-on-card ssh\.enabled=yes: /)
    expect(() => typed('hostname=Two Words')).toThrow(
      /^--set-on-card hostname=Two Words: expected /,
    )
  })

  test('that are secret are in no message, not even where their key is not the right one', () => {
    const said = (word: string): string =>
      refusal(() => settingsOf([settingOf(word, '--set-on-card')]))
    expect(said('wifi.password=hunter')).toBe(
      '--set-on-card wifi.password: expected 8 to 63 characters of ASCII',
    )
    for (const word of [
      'wifi.psk=hunter',
      'user.password_hash=hunter',
      'wifi.pasword=hunter',
      'wifi.password:hunter',
      '=hunter',
    ])
      expect(said(word)).not.toContain('hunter')
  })
})

describe('a file that is replaced', () => {
  const names = () => {
    const folder = folderOf({ old: 'a long text' })
    return { folder, old: join(folder, 'old'), next: join(folder, 'next') }
  }

  test('is the old one or the new one, and what a killed run has left is gone', async () => {
    const { folder, old, next } = names()
    writeFileSync(next, 'what was left, which is longer')
    await writeBeside(old, next, Buffer.from('short'))
    expect([readFileSync(old, 'utf8'), readdirSync(folder)]).toEqual(['short', ['old']])
  })

  test('stays as it was when the new one cannot be written', async () => {
    const { folder, old, next } = names()
    symlinkSync('/dev/full', next)
    await expect(writeBeside(old, next, Buffer.from('new'))).rejects.toThrow('ENOSPC')
    expect([readFileSync(old, 'utf8'), readdirSync(folder)]).toEqual(['a long text', ['old']])
  })
})

describe('a file that is there whole or not at all', () => {
  test('has no name before it is whole, and is nobody else’s', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'x')
    for (const text of ['one', 'two']) {
      await writeWhole(path, async (file) => {
        await file.write(text)
        expect(readdirSync(folder)).toEqual(text === 'one' ? [] : ['x'])
      })
      expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([text, 0o600])
      expect(readdirSync(folder)).toEqual(['x'])
    }
  })

  test('is not there when writing it fails, and what was there stays', async () => {
    const folder = folderOf({ x: 'old' })
    const failing = (path: string) =>
      writeWhole(path, async (file) => {
        await file.write('half')
        throw new Error('no')
      })
    for (const name of ['x', 'y']) await expect(failing(join(folder, name))).rejects.toThrow('no')
    expect([readFileSync(join(folder, 'x'), 'utf8'), readdirSync(folder)]).toEqual(['old', ['x']])
  })

  test('of which runs that were killed have left halves, loses these, but none that is being written', async () => {
    const folder = folderOf({
      'x.1.half': '',
      'x.2.half': '',
      'x.half': '',
      'xx.1.half': '',
      x: '',
    })
    const writer = spawn('sh', ['-c', 'echo ready && exec cat'], {
      stdio: ['pipe', 'pipe', openSync(join(folder, 'x.2.half'), 'w')],
    })
    onTestFinished(() => void writer.kill('SIGKILL'))
    await new Promise((done) => writer.stdout!.once('data', done))
    expect(await removeHalves(join(folder, 'x'))).toEqual([join(folder, 'x.1.half')])
    expect(readdirSync(folder).sort()).toEqual(['x', 'x.2.half', 'x.half', 'xx.1.half'])
  })
})

describe('the boot partition of an image', () => {
  const fresh = async () => {
    const file = await nameless(temporaryFolder())
    onTestFinished(() => file.close())
    return file
  }
  const image = (type: number): Buffer => {
    const bytes = Buffer.alloc(4 * 2 ** 20)
    bytes.writeUInt8(type, 450)
    bytes.writeUInt32LE(2048, 454)
    bytes.writeUInt32LE(4096, 458)
    bytes.writeUInt16LE(0xaa55, 510)
    bytes.write('the first', 2 ** 20)
    bytes.write('the last', 3 * 2 ** 20 - 8)
    return bytes
  }

  test('is taken by its table, and what was changed in it is told block by block', async () => {
    const path = join(temporaryFolder(), 'x.img')
    writeFileSync(path, image(0x0c))
    const [before, after] = [await fresh(), await fresh()]
    expect(await takeBootPartition(path, [before, after], never)).toEqual({
      start: 2 ** 20,
      end: 3 * 2 ** 20,
    })
    const taken = await after.readFile()
    expect([taken.length, taken.subarray(0, 9).toString(), taken.subarray(-8).toString()]).toEqual([
      2 * 2 ** 20,
      'the first',
      'the last',
    ])
    expect(await differences(before, after)).toEqual([])
    for (const place of [5, 4097, 8191, 2 ** 20 + 1]) taken[place] = 1
    await after.write(taken, 0, taken.length, 0)
    const patches = await differences(before, after)
    expect(patches.map(({ start, data }) => [start, data.length])).toEqual([
      [0, 4096],
      [4096, 4096],
      [2 ** 20, 4096],
    ])
    expect(patches[1]!.data.equals(taken.subarray(4096, 8192))).toBe(true)
  })

  test('is changed with the tables of its FAT first or last', async () => {
    const partition = await fresh()
    const sector = Buffer.alloc(512)
    sector.writeUInt16LE(512, 11)
    sector.writeUInt16LE(32, 14)
    sector.writeUInt8(2, 16)
    sector.writeUInt32LE(20, 36)
    await partition.write(sector, 0, 512, 0)
    const fats = await fatsOf(partition)
    expect(fats).toEqual({ start: 16384, end: 16384 + 2 * 20 * 512 })
    const at = (...starts: number[]) => starts.map((start) => ({ start, data: Buffer.alloc(4096) }))
    const changed = at(0, 12288, 16384, 32768, 36864)
    const [tables, rest] = [at(16384, 32768), at(0, 12288, 36864)]
    expect(inOrder(changed, fats, 'fat first')).toEqual([tables, rest])
    expect(inOrder(changed, fats, 'fat last')).toEqual([rest, tables])
  })

  test('that is none is refused', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'x.img'), image(0x83))
    await expect(takeBootPartition(join(folder, 'x.img'), [await fresh()], never)).rejects.toThrow(
      'there is no boot partition in it',
    )
  })
})
