import { readFileSync, writeFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HostError } from '../../lib/common/words/errors.ts'
import { differences, takeBootPartition } from '../../lib/card/personalize/boot-partition.ts'
import { writeOver } from '../../lib/card/personalize/write-over.ts'
import { editSettings, settingOf, settingsOf } from '../../lib/plan/settings/edit.ts'
import { settingsText } from '../../lib/plan/settings/text.ts'
import { refusal, temporaryFolder } from './fixtures.ts'

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

describe('a file that is written over', () => {
  /**
   * An open file in memory, of which one call takes only so many bytes, and which holds only so
   * many.
   */
  function fileOf(text: string, { most = Infinity, room = Infinity } = {}) {
    let data = Buffer.from(text)
    const asked: string[] = []
    return {
      asked,
      text: () => data.toString(),
      write: (from: Buffer, at: number, length: number, start: number) => {
        const bytesWritten = Math.min(length, most, room - start)
        asked.push(`write ${start} ${bytesWritten}`)
        const grown = Buffer.alloc(Math.max(data.length, start + bytesWritten))
        data.copy(grown)
        from.copy(grown, start, at, at + bytesWritten)
        data = grown
        return Promise.resolve({ bytesWritten, buffer: from })
      },
      truncate: (bytes?: number) => {
        asked.push(`truncate ${bytes}`)
        data = data.subarray(0, bytes)
        return Promise.resolve()
      },
      sync: () => Promise.resolve(void asked.push('sync')),
    }
  }
  const over = (file: ReturnType<typeof fileOf>, text: string) =>
    writeOver('x', file as unknown as FileHandle, Buffer.from(text))

  test('is at no time empty, and ends where the new text ends', async () => {
    const file = fileOf('a long text')
    await over(file, 'short')
    expect([file.text(), file.asked]).toEqual(['short', ['write 0 5', 'truncate 5', 'sync']])
  })

  test('is written to its end, however many calls that takes', async () => {
    const file = fileOf('', { most: 3 })
    await over(file, 'eight...')
    expect([file.text(), file.asked[2]]).toEqual(['eight...', 'write 6 2'])
  })

  test('for which there is no room is told as that, and as half written', async () => {
    const error = await over(fileOf('', { room: 5 }), 'eight...').catch((failed: unknown) => failed)
    expect(error).toEqual(
      new HostError(
        'x: it could not be written (ENOSPC), and may be half written',
        'make room there, and see what the file says',
      ),
    )
  })
})

describe('the boot partition of an image', () => {
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
    const folder = temporaryFolder()
    const at = (name: string): string => join(folder, name)
    writeFileSync(at('x.img'), image(0x0c))
    expect(await takeBootPartition(at('x.img'), at('before'), never)).toEqual({
      start: 2 ** 20,
      end: 3 * 2 ** 20,
    })
    const taken = readFileSync(at('before'))
    expect([taken.length, taken.subarray(0, 9).toString(), taken.subarray(-8).toString()]).toEqual([
      2 * 2 ** 20,
      'the first',
      'the last',
    ])
    for (const place of [5, 4097, 8191, 2 ** 20 + 1]) taken[place] = 1
    writeFileSync(at('after'), taken)
    const patches = await differences(at('before'), at('after'), 2 ** 20, folder)
    expect(patches.map(({ start, path }) => [start, readFileSync(path).length])).toEqual([
      [2 ** 20, 8192],
      [2 * 2 ** 20, 4096],
    ])
    expect(readFileSync(patches[0]!.path).equals(taken.subarray(0, 8192))).toBe(true)
  })

  test('that is none is refused', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'x.img'), image(0x83))
    await expect(
      takeBootPartition(join(folder, 'x.img'), join(folder, 'before'), never),
    ).rejects.toThrow('there is no boot partition in it')
  })
})
