import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  HostError,
  Interrupted,
  messageOf,
  ProofError,
  UserError,
} from '../../lib/common/words/errors.ts'
import { alignedBuffers } from '../../lib/card/image-file/buffers.ts'
import type { Drive } from '../../lib/card/drives/drive.ts'
import { flash } from '../../lib/card/flash/flash.ts'
import type { FlashOptions } from '../../lib/card/flash/flash.ts'
import { openSource } from '../../lib/card/image-file/source.ts'
import type { Target } from '../../lib/card/flash/target.ts'
import { deviceNumber } from '../../lib/card/drives/identity.ts'
import { TargetError } from '../../lib/card/flash/target.ts'
import {
  bmapText,
  card,
  folderOf,
  imageBytes,
  memoryTarget,
  MiB,
  systemError,
} from './flash-fixtures.ts'

const image = imageBytes(12)
const CARD = 16 * MiB
const drive = card({ bytes: CARD })
const zeros = (bytes: number): Buffer => Buffer.alloc(bytes)

interface Case {
  target?: Target & { data?: Buffer }
  options?: Partial<FlashOptions>
  map?: string
  bytes?: Buffer
}

/** Flashes the image to a target in memory, or to the given one. */
async function run({ target = memoryTarget(CARD), options = {}, map, bytes = image }: Case = {}) {
  const folder = folderOf({ 'x.img': bytes, ...(map === undefined ? {} : { 'x.bmap': map }) })
  const source = await openSource(join(folder, 'x.img'))
  return flash(source, drive, {
    question: { bytes: source.bytes, large: false },
    open: () => Promise.resolve(target),
    look: () => Promise.resolve(drive),
    signal: new AbortController().signal,
    ...options,
  })
}

/** The error that it ends with. */
async function failureOf(wanted: Case): Promise<Error> {
  return run(wanted).then(
    () => new Error('nothing failed'),
    (error: Error) => error,
  )
}

const bootable = (data: Buffer): boolean => data.readUInt16LE(510) === 0xaa55

test('an image is on the card afterwards, and behind it what was there, but for the last MiB', async () => {
  const target = memoryTarget(CARD)
  const { bytes } = await run({ target })
  expect(bytes).toBe(image.length)
  expect(target.data.subarray(0, image.length).equals(image)).toBe(true)
  expect(target.data.subarray(image.length, CARD - MiB).every((byte) => byte === 0xee)).toBe(true)
  // where a GPT has its second copy
  expect(target.data.subarray(CARD - MiB).equals(zeros(MiB))).toBe(true)
})

test('first of all the old first MiB is zeroed, and the new one is written after everything else was read back', async () => {
  const target = memoryTarget(CARD)
  await run({ target })
  const [wiped, synced, seen, ...rest] = target.asked
  expect([wiped, synced, seen]).toEqual([`write 0 ${MiB}`, 'sync', `read 0 ${MiB}`])
  const head = rest.indexOf(`write 0 ${MiB}`)
  expect(rest.slice(0, head).filter((one) => one.startsWith('write'))).toEqual([
    `write ${CARD - MiB} ${MiB}`,
    `write ${MiB} ${3 * MiB}`,
    `write ${4 * MiB} ${4 * MiB}`,
    `write ${8 * MiB} ${4 * MiB}`,
  ])
  expect(rest.slice(0, head).filter((one) => one.startsWith('read'))).toHaveLength(3)
  expect(rest.slice(head + 1)).toEqual(['sync', `read 0 ${MiB}`, 'close'])
  const read = rest.findIndex((one) => one.startsWith('read'))
  expect(rest[read - 1]).toBe('sync')
})

test('with a map only what it names is written and read back, and its first MiB is whole', async () => {
  const target = memoryTarget(CARD)
  const { bytes } = await run({
    target,
    map: bmapText(image, [
      [0, 1],
      [512, 1280],
    ]),
  })
  expect(bytes).toBe(771 * 4096)
  expect(target.data.subarray(0, MiB).equals(image.subarray(0, MiB))).toBe(true)
  expect(target.data.subarray(2 * MiB, 5 * MiB).equals(image.subarray(2 * MiB, 5 * MiB))).toBe(true)
  expect(target.data.subarray(MiB, 2 * MiB).every((byte) => byte === 0xee)).toBe(true)
})

test('the next piece of the image is read while one is written', async () => {
  const target = memoryTarget(CARD)
  const order: string[] = []
  const source = await openSource(join(folderOf({ 'x.img': image }), 'x.img'))
  const { write } = target
  target.write = async (data, start) => {
    order.push(`write ${start}`)
    const done = await write(data, start)
    await new Promise(setImmediate)
    order.push(`written ${start}`)
    return done
  }
  async function* pieces(signal: AbortSignal) {
    for await (const piece of source.pieces(signal)) {
      order.push(`read ${piece.start}`)
      yield piece
    }
  }
  await flash({ ...source, pieces }, drive, {
    question: { large: false },
    open: () => Promise.resolve(target),
    look: () => Promise.resolve(drive),
    signal: new AbortController().signal,
  })
  for (const [next, now] of [
    [4 * MiB, MiB],
    [8 * MiB, 4 * MiB],
  ]) {
    expect(order.indexOf(`read ${next}`)).toBeGreaterThan(-1)
    expect(order.indexOf(`read ${next}`)).toBeLessThan(order.indexOf(`write ${next}`))
    expect(order.indexOf(`written ${now}`)).toBeLessThan(order.indexOf(`write ${next}`))
  }
})

test('how far it is is told for writing and for reading back, up to all of it', async () => {
  const told: string[] = []
  await run({
    options: { onProgress: (phase, { bytes, total }) => told.push(`${phase} ${bytes} ${total}`) },
  })
  expect(told).toContain(`writing ${image.length} ${image.length}`)
  expect(told.at(-1)).toBe(`reading back ${image.length - MiB} ${image.length - MiB}`)
})

test('writes and reads that do less than they were asked for are gone on with', async () => {
  const target = memoryTarget(CARD)
  const { write, read } = target
  target.write = (data, start) => write(data.subarray(0, 512 * 999), start)
  target.read = (into, start) => read(into.subarray(0, 512 * 777), start)
  await run({ target })
  expect(target.data.subarray(0, image.length).equals(image)).toBe(true)
})

describe('refused before anything is written is', () => {
  const untouched = async (wanted: Case, message: RegExp | string) => {
    const target = memoryTarget(CARD)
    const error = await failureOf({ target, ...wanted })
    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toMatch(message)
    expect(target.asked.filter((one) => one !== 'close')).toEqual([])
  }
  const now = (different: Partial<Drive>) => ({
    options: { look: () => Promise.resolve(card({ bytes: CARD, ...different })) },
  })

  test('another disk that has taken the place of the confirmed one', async () => {
    await untouched(
      now({ serial: '5' }),
      '/dev/sdb: this is not the disk that was looked at: its serial number was "000000000039" and is "5"; nothing was written',
    )
    await untouched(
      now({ bytes: CARD * 2 }),
      /its size was "16\.8 MB" and is "33\.6 MB"; nothing was written$/,
    )
    await untouched(
      { target: { ...memoryTarget(CARD), number: '8:32' } },
      /another device has its name; nothing was written$/,
    )
  })

  test('a disk that has gone meanwhile', async () => {
    await untouched(
      { options: { look: () => Promise.reject(new UserError('there is no such disk')) } },
      /: it has gone; nothing was written$/,
    )
  })

  test('a disk that has been mounted meanwhile', async () => {
    await untouched(
      now({ mounts: [{ device: '/dev/sdb1', at: '/media/me/x' }] }),
      '/dev/sdb: it is mounted (/media/me/x): sudo umount /dev/sdb1',
    )
  })

  test('a file that is no image of a disk', async () => {
    await untouched(
      { bytes: zeros(2 * MiB) },
      /x\.img: this is no image of a disk: it does not begin with a partition table$/,
    )
    await untouched(
      { map: bmapText(image, [[512, 600]]) },
      /it does not begin with a partition table$/,
    )
  })
})

describe('a disk that cannot be opened', () => {
  const opening = async (code: string) => {
    const error = await failureOf({
      options: { open: () => Promise.reject(new TargetError('opened', 0, code)) },
    })
    expect(error).toBeInstanceOf(HostError)
    return error.message
  }

  test('because somebody uses it, or must not, is told apart', async () => {
    expect(await opening('EBUSY')).toBe('/dev/sdb is in use by another program')
    expect(await opening('EROFS')).toBe('/dev/sdb cannot be written to (EROFS)')
    expect(await opening('ENOMEDIUM')).toBe(
      '/dev/sdb has gone at 0.0 MB (byte 0): was it pulled out?',
    )
  })
})

describe('when it goes wrong half way', () => {
  const left = '\n  the card is not bootable now; run the same command to start over'
  /** Fails at the first call that reaches this byte, once everything was wiped. */
  const failing = (
    what: 'write' | 'read',
    from: number,
    code: string,
  ): Target & { data: Buffer } => {
    const target = memoryTarget(CARD)
    const before = target[what]
    target[what] = (data, start) =>
      target.asked.length > 4 && start + data.length > from && start < CARD - MiB
        ? Promise.reject(systemError(code))
        : before(data, start)
    return target
  }
  const fails = async (target: Target & { data: Buffer }, options: Partial<FlashOptions> = {}) => {
    const error = await failureOf({ target, options })
    expect(bootable(target.data)).toBe(false)
    return error
  }
  const gone = (): Partial<FlashOptions> => {
    let looked = 0
    return {
      look: () =>
        looked++ === 0
          ? Promise.resolve(drive)
          : Promise.reject(new UserError('there is no such disk')),
    }
  }

  test.each(['EIO', 'ETIMEDOUT', 'EREMOTEIO'])(
    '%s while writing names the place, and another card as the cure',
    async (code) => {
      const error = await fails(failing('write', 9 * MiB, code))
      expect(error).toBeInstanceOf(HostError)
      expect(error.message).toBe(
        `/dev/sdb could not be written at 8.4 MB (byte 8388608) (${code}): it is worn out, or sits badly in its reader${left}`,
      )
      expect((error as HostError).mend).toBe(
        'try again with another reader, then with another card',
      )
    },
  )

  test('EIO while reading back is told as that', async () => {
    expect((await fails(failing('read', 5 * MiB, 'EIO'))).message).toMatch(
      /^\/dev\/sdb could not be read at 5\.2 MB \(byte 5242880\) \(EIO\)/,
    )
  })

  test.each(['EIO', 'ENODEV', 'ENXIO'])(
    'a card that is pulled out (%s) is told so',
    async (code) => {
      expect((await fails(failing('write', 9 * MiB, code), gone())).message).toBe(
        `/dev/sdb has gone at 8.4 MB (byte 8388608): was it pulled out?${left}`,
      )
    },
  )

  test('a card that ends before it should says that it is not what is printed on it', async () => {
    expect((await fails(failing('write', 9 * MiB, 'ENOSPC'))).message).toBe(
      `/dev/sdb claims to have 16.8 MB, but it ends at 8.4 MB (byte 8388608)${left}`,
    )
    const none = memoryTarget(CARD)
    const { write } = none
    none.write = (data, start) => (start === 8 * MiB ? Promise.resolve(0) : write(data, start))
    expect((await fails(none)).message).toContain('but it ends at 8.4 MB (byte 8388608)')
  })

  test('a card that cannot keep what it took (fsync) fails as if it had not taken it', async () => {
    const target = memoryTarget(CARD)
    const { sync } = target
    target.sync = () =>
      target.asked.filter((one) => one === 'sync').length === 2
        ? Promise.reject(systemError('EIO'))
        : sync()
    expect((await fails(target)).message).toMatch(
      /^\/dev\/sdb could not be written at 12\.6 MB \(byte 12582912\) \(EIO\)/,
    )
  })

  test('a card that gives back other bytes is named with the first that differs, and stays unbootable', async () => {
    const target = memoryTarget(CARD)
    const { read } = target
    target.read = async (into, start) => {
      const got = await read(into, start)
      for (const bad of [3 * MiB + 70, 9 * MiB])
        if (start <= bad && bad < start + got) into[bad - start]! ^= 1
      return got
    }
    const error = await fails(target)
    expect(error).toBeInstanceOf(ProofError)
    expect(error.message).toBe(
      `/dev/sdb: what was read back is not what was written, from byte ${3 * MiB} on (3.1 MB; somewhere in the next ${MiB}): this disk is worn out, or smaller than it says; take another card${left}`,
    )
  })

  test('a card that writes over its own beginning, because it has less room than it says, is found out', async () => {
    const target = memoryTarget(CARD)
    const { write, read } = target
    target.write = (data, start) => write(data, start % (8 * MiB))
    target.read = (into, start) => read(into, start % (8 * MiB))
    expect((await fails(target)).message).toMatch(
      /^\/dev\/sdb: what was read back is not what was written, from byte \d+ on/,
    )
  })

  test('a damaged image is named, and not the card', async () => {
    const target = memoryTarget(CARD)
    const map = bmapText(Buffer.from(image).fill('!', 3 * MiB, 3 * MiB + 1), [
      [0, 1],
      [512, 1280],
    ])
    const error = await failureOf({ target, map })
    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toMatch(
      /x\.img: its bytes 2097152 to 5246975 do not match [^\n]*; get both again\n {2}the card is not bootable now/,
    )
    expect(bootable(target.data)).toBe(false)
  })

  test('an image that turns out to be larger than the card is stopped before its end', async () => {
    const target = memoryTarget(CARD)
    const source = await openSource(join(folderOf({ 'x.img': imageBytes(20) }), 'x.img'))
    const failed = await flash({ ...source, bytes: undefined }, drive, {
      question: { large: false },
      open: () => Promise.resolve(target),
      look: () => Promise.resolve(drive),
      signal: new AbortController().signal,
    }).catch(messageOf)
    expect(failed).toMatch(/x\.img: it is larger than the target, which has 16\.8 MB\n/)
    expect(bootable(target.data)).toBe(false)
  })

  describe('at the first MiB, which is written last,', () => {
    const doubtful = 'the card may look bootable: do not use it; run the same command to start over'
    /** A target whose calls of this kind fail that are meant; the first is 1. */
    const failingAt = (what: 'write' | 'read' | 'sync', failing: (call: number) => boolean) => {
      const target = memoryTarget(CARD)
      const before = target[what] as (...args: unknown[]) => Promise<never>
      let calls = 0
      const after = (...args: unknown[]) =>
        failing(++calls) ? Promise.reject(systemError('EIO')) : before(...args)
      return Object.assign(target, { [what]: after })
    }
    // wiping writes twice, the image three times; and there are as many calls of the others
    const last = { write: 6, sync: 4, read: 5 }

    test.each(['write', 'sync', 'read'] as const)(
      'it is zeroed again when a %s fails, and that is said',
      async (what) => {
        const target = failingAt(what, (call) => call === last[what])
        const error = await fails(target)
        expect(error.message).toMatch(
          /^\/dev\/sdb could not be (written|read) at 0\.0 MB \(byte 0\) \(EIO\)/,
        )
        expect(error.message.endsWith(left)).toBe(true)
        expect(target.data.subarray(0, MiB).equals(zeros(MiB))).toBe(true)
        expect(target.asked.slice(-4)).toEqual([`write 0 ${MiB}`, 'sync', `read 0 ${MiB}`, 'close'])
      },
    )

    test('nobody says that it does not start when it could not be zeroed again', async () => {
      const target = failingAt('sync', (call) => call >= last.sync)
      const error = await failureOf({ target })
      expect(error).toBeInstanceOf(HostError)
      expect(error.message.split('\n  ')[1]).toBe(doubtful)
    })

    test('nor when the card gives back something else than zeros', async () => {
      const target = memoryTarget(CARD)
      const { read } = target
      let reads = 0
      target.read = async (into, start) => {
        const got = await read(into, start)
        if (++reads >= last.read) into[7]! ^= 1
        return got
      }
      const error = await failureOf({ target })
      expect(error).toBeInstanceOf(ProofError)
      expect(error.message.split('\n  ')[1]).toBe(doubtful)
    })

    test.each([
      [
        'the card is not bootable now; run the same command to start over',
        (call: number) => call === last.sync,
      ],
      [doubtful, (call: number) => call >= last.sync],
    ])('Ctrl-C at that instant says the same: %s', async (words, failing) => {
      const stop = new AbortController()
      const target = failingAt('sync', (call) => {
        if (call === last.sync) stop.abort()
        return failing(call)
      })
      const error = (await failureOf({ target, options: { signal: stop.signal } })) as Interrupted
      expect([error.name, error.left]).toEqual(['Interrupted', words])
    })

    test('Ctrl-C at that instant, when nothing fails, comes too late: the card is whole', async () => {
      const stop = new AbortController()
      const target = failingAt('sync', (call) => {
        if (call === last.sync) stop.abort()
        return false
      })
      expect(await run({ target, options: { signal: stop.signal } })).toMatchObject({
        bytes: image.length,
      })
      expect(bootable(target.data)).toBe(true)
    })
  })

  test.each(['write', 'read'] as const)(
    'of a card that cannot even be wiped (%s), nobody says that it does not start',
    async (what) => {
      const target = memoryTarget(CARD)
      target[what] = () => Promise.reject(systemError('EIO'))
      expect((await failureOf({ target })).message).toMatch(
        /\(EIO\).*\n {2}the card may look bootable: do not use it;/,
      )
    },
  )

  test('a card that takes everything and keeps nothing is found out before the image is written', async () => {
    const target = memoryTarget(CARD)
    target.write = (data) => Promise.resolve(data.length)
    const error = await failureOf({ target })
    expect(error).toBeInstanceOf(ProofError)
    expect(error.message).toMatch(/from byte 0 on .*\n {2}the card may look bootable/)
    expect(target.asked.filter((one) => one.startsWith('read'))).toHaveLength(1)
  })

  test.each(['writing', 'reading back'] as const)(
    'Ctrl-C while %s leaves a card that does not start, and says so',
    async (when) => {
      const stop = new AbortController()
      const target = memoryTarget(CARD)
      const what = when === 'writing' ? 'write' : 'read'
      const before = target[what]
      target[what] = (data, start) => {
        if (start >= 4 * MiB && start < CARD - MiB) stop.abort()
        return before(data, start)
      }
      const error = (await fails(target, { signal: stop.signal })) as Interrupted
      expect(error).toBeInstanceOf(Interrupted)
      expect(error.left).toBe('the card is not bootable now; run the same command to start over')
      expect(target.asked.at(-1)).toBe('close')
    },
  )
})

test('Ctrl-C before the first write says that nothing was written', async () => {
  const stop = new AbortController()
  const look = () => {
    stop.abort()
    return Promise.resolve(drive)
  }
  const target = memoryTarget(CARD)
  const error = (await failureOf({ target, options: { signal: stop.signal, look } })) as Interrupted
  expect([error.name, error.left, target.asked]).toEqual([
    'Interrupted',
    'nothing was written',
    ['close'],
  ])
})

test('buffers begin at a page, as O_DIRECT wants it', () => {
  // A Buffer does not tell its address, and a file system in a container may not know O_DIRECT: a
  // device is asked in flash-command.test.ts.
  const [one, two] = alignedBuffers(2, MiB)
  expect(two!.byteOffset - one!.byteOffset).toBe(MiB)
  expect(one!.byteOffset % 4096).toBe(0)
})

test("the kernel's number of a device is read as lsblk writes it", () => {
  expect([deviceNumber(0x0810n), deviceNumber(0x10_0000n * 3n + 0xb305n)]).toEqual([
    '8:16',
    '179:773',
  ])
})

test('a file that is flashed to twice holds the second image', async () => {
  const target = memoryTarget(CARD)
  await run({ target })
  const other = imageBytes(10)
  other.fill(7, 5 * MiB, 6 * MiB)
  await run({ target, bytes: other })
  expect(target.data.subarray(0, other.length).equals(other)).toBe(true)
})
