import { describe, expect, test } from 'vitest'
import { HostError, ProofError, UserError } from '../../lib/common/words/errors.ts'
import type { Interrupted } from '../../lib/common/words/errors.ts'
import type { Drive } from '../../lib/card/drives/drive.ts'
import type { Holding } from '../../lib/card/flash/on-target.ts'
import type { Target } from '../../lib/card/flash/target.ts'
import { TargetError } from '../../lib/card/flash/target.ts'
import { writePatches } from '../../lib/card/flash/write-patches.ts'
import { card, memoryTarget, MiB, noise, systemError } from './flash-fixtures.ts'

const CARD = 16 * MiB
const drive = card({ bytes: CARD })
const [one, two] = [noise(4096, 3), noise(12288, 5)] as const
const half =
  '\n  the settings on the card may be half written: run the same command again, or flash it again'

/**
 * Writes two patches, which begin where a sector does, to a target in memory, or to the given one.
 */
async function run(target: Target, options: Partial<Holding> = {}, to = drive): Promise<void> {
  const patches = [
    { start: 4 * MiB + 512, data: one },
    { start: 8 * MiB, data: two },
  ]
  await writePatches([patches], to, {
    question: { large: true },
    open: () => Promise.resolve(target),
    look: () => Promise.resolve(to),
    signal: new AbortController().signal,
    ...options,
  })
}

const failureOf = (target: Target, options: Partial<Holding> = {}): Promise<Error> =>
  run(target, options).then(
    () => new Error('nothing failed'),
    (error: Error) => error,
  )

test('patches are on the card afterwards, read back, and nothing else is', async () => {
  const target = memoryTarget(CARD)
  await run(target)
  const expected = Buffer.alloc(CARD, 0xee)
  one.copy(expected, 4 * MiB + 512)
  two.copy(expected, 8 * MiB)
  expect(target.data.equals(expected)).toBe(true)
  const [first, second] = [`${4 * MiB + 512} 4096`, `${8 * MiB} 12288`]
  expect(target.asked).toEqual([
    `write ${first}`,
    `write ${second}`,
    'sync',
    `read ${first}`,
    `read ${second}`,
    'close',
  ])
})

test('a group of patches is on the card before the next one is begun, and the last of a block is read back', async () => {
  const target = memoryTarget(CARD)
  const groups = [
    [{ start: 4096, data: two }],
    [],
    [
      { start: 8 * MiB, data: one },
      { start: 4096, data: noise(12288, 7) },
    ],
  ]
  await writePatches(groups, drive, {
    question: { large: true },
    open: () => Promise.resolve(target),
    look: () => Promise.resolve(drive),
    signal: new AbortController().signal,
  })
  expect(target.asked).toEqual([
    'write 4096 12288',
    'sync',
    'sync',
    `write ${8 * MiB} 4096`,
    'write 4096 12288',
    'sync',
    'read 4096 12288',
    `read ${8 * MiB} 4096`,
    'close',
  ])
})

test('writes that do less than they were asked for are gone on with', async () => {
  const target = memoryTarget(CARD)
  const { write } = target
  target.write = (data, start) => write(data.subarray(0, 1024), start)
  await run(target)
  expect(target.data.subarray(8 * MiB, 8 * MiB + two.length).equals(two)).toBe(true)
})

test('a card of any size is told its settings', async () => {
  await run(memoryTarget(CARD), {}, card({ bytes: 512 * 2 ** 30 }))
})

describe('refused before anything is written is', () => {
  test.each<[string, Partial<Drive>, RegExp]>([
    [
      'another disk in its place',
      { serial: '5' },
      /this is not the disk that was looked at: its serial number was .* nothing was written$/,
    ],
    [
      'another card in the reader',
      { sequence: '12' },
      /this is not the disk that was looked at: its medium was/,
    ],
    [
      'what is mounted by now',
      { mounts: [{ device: '/dev/sdb1', at: '/mnt' }] },
      /: it is mounted \(\/mnt\): sudo umount \/dev\/sdb1$/,
    ],
    ['a disk that is built in', { removable: false }, /: it is built in/],
    ['a disk that counts otherwise', { sector_bytes: 4096 }, /: its sectors have 4096 bytes/],
  ])('%s', async (_, different, words) => {
    const target = memoryTarget(CARD)
    const error = await failureOf(target, {
      look: () => Promise.resolve(card({ bytes: CARD, ...different })),
    })
    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toMatch(words)
    expect(target.asked).toEqual(['close'])
  })

  test('what another program holds', async () => {
    const error = await failureOf(memoryTarget(CARD), {
      open: () => Promise.reject(new TargetError('opened', 0, 'EBUSY')),
    })
    expect(error).toBeInstanceOf(HostError)
    expect(error.message).toBe('/dev/sdb is in use by another program')
  })
})

describe('when it goes wrong half way', () => {
  test('the place is named, and what is left', async () => {
    const target = memoryTarget(CARD)
    const { write } = target
    target.write = (data, start) =>
      start === 8 * MiB ? Promise.reject(systemError('EIO')) : write(data, start)
    expect((await failureOf(target)).message).toBe(
      `/dev/sdb could not be written at 8.4 MB (byte 8388608) (EIO): it is worn out, or sits badly in its reader${half}`,
    )
  })

  test('a card that gives back other bytes is named', async () => {
    const target = memoryTarget(CARD)
    target.write = (data) => Promise.resolve(data.length)
    const error = await failureOf(target)
    expect(error).toBeInstanceOf(ProofError)
    expect(error.message).toMatch(
      /^\/dev\/sdb: what was read back is not what was written, from byte 4194816 on/,
    )
    expect(error.message.endsWith(half)).toBe(true)
  })

  test('Ctrl-C before the first patch writes nothing, and says so', async () => {
    const stop = new AbortController()
    const target = memoryTarget(CARD)
    const look = () => {
      stop.abort()
      return Promise.resolve(drive)
    }
    const error = (await failureOf(target, { signal: stop.signal, look })) as Interrupted
    expect([error.name, error.left, target.asked]).toEqual([
      'Interrupted',
      'nothing was written',
      ['close'],
    ])
  })

  test('Ctrl-C after the first patch comes too late: all of them are written', async () => {
    const stop = new AbortController()
    const target = memoryTarget(CARD)
    const { write } = target
    target.write = (data, start) => {
      stop.abort()
      return write(data, start)
    }
    await run(target, { signal: stop.signal })
    expect(target.data.subarray(8 * MiB, 8 * MiB + two.length).equals(two)).toBe(true)
  })
})
