import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findTone, readWav } from '../../lib/prove/hearing/wav.ts'

const rate = 48000
const folder = mkdtempSync(join(tmpdir(), 'downbeat-wav-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A recording of so many seconds, each sample computed from its time. */
const record = (seconds: number, at: (t: number) => number, frames = rate) =>
  Float64Array.from({ length: seconds * frames }, (_, i) => at(i / frames))
const sine = (hz: number, amplitude: number) => (t: number) =>
  amplitude * Math.sin(2 * Math.PI * hz * t)

/** Repeatable white noise of this RMS. */
function noise(rms: number): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 31 - 1) * Math.sqrt(3) * rms
  }
}

function wav(
  name: string,
  data: Buffer,
  { channels = 1, riff, length }: { channels?: number; riff?: number; length?: number } = {},
): string {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(riff ?? 36 + data.length, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(rate * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(length ?? data.length, 40)
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat([header, data]))
  return path
}

const s16 = (...values: number[]) => Buffer.from(Int16Array.from(values).buffer)

test('a stereo recording is split into its channels', () => {
  expect(readWav(wav('stereo.wav', s16(16384, -32768, 8192, 0), { channels: 2 }))).toEqual({
    rate,
    channels: 2,
    samples: [Float64Array.of(0.5, 0.25), Float64Array.of(-1, 0)],
  })
})

test('a recording whose lengths were never written is read to the end of the file', () => {
  expect(readWav(wav('killed.wav', s16(1, 2, 3), { riff: 0, length: 0 })).samples[0]).toHaveLength(
    3,
  )
  expect(readWav(wav('stale.wav', s16(1, 2, 3), { riff: 38, length: 2 })).samples[0]).toHaveLength(
    3,
  )
  expect(
    readWav(wav('endless.wav', s16(1, 2, 3), { riff: 0xffffffff, length: 0xffffffff })).samples[0],
  ).toHaveLength(3)
})

test('a recording cut off within a frame loses that frame only', () => {
  const cut = Buffer.concat([s16(1, 2, 3), Buffer.of(7)])
  expect(
    readWav(wav('odd.wav', cut, { channels: 2, riff: 0, length: 0 })).samples.map(
      ({ length }) => length,
    ),
  ).toEqual([1, 1])
})

test('a chunk after the data is not sound, and a chunk before it is skipped', () => {
  expect(
    readWav(
      wav('list.wav', Buffer.concat([s16(1, 2), Buffer.from('LIST\x04\0\0\0abcd', 'latin1')]), {
        length: 4,
      }),
    ).samples[0],
  ).toHaveLength(2)
})

test('what is not a 16-bit PCM recording is refused by name', () => {
  const path = join(folder, 'not.wav')
  writeFileSync(path, 'hello')
  expect(() => readWav(path)).toThrow(`${path}: not a RIFF/WAVE file`)
  writeFileSync(path, Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1')]))
  expect(() => readWav(path)).toThrow(`${path}: no data chunk`)
})

test.each([
  [50, 0],
  [240, -6],
  [440.3, -20],
  [720, -12],
  [1000, -20],
  [1000, -50],
  [10000, -40],
])('a steady sine of %d Hz at %d dBFS is measured as such', (hz, level) => {
  const tone = findTone(record(3, sine(hz, 10 ** (level / 20))), rate, hz)
  expect(tone.hz).toBeCloseTo(hz, 1)
  expect(tone.level).toBeCloseTo(level, 2)
  expect(tone.purity).toBeGreaterThan(0.9999)
  expect(tone).toMatchObject({ seconds: 3, longestGap: 0, firstSound: 0, lastSound: 3 })
})

test('a tone is measured the same at 44.1 kHz', () => {
  const tone = findTone(record(2, sine(1000, 0.1), 44100), 44100, 1000)
  expect(tone.hz).toBeCloseTo(1000, 1)
  expect(tone.level).toBeCloseTo(-20, 2)
})

test('silence before and after a tone changes neither its level nor its purity', () => {
  const tone = findTone(
    record(4, (t) => (t >= 0.7 && t < 2.2 ? sine(1000, 0.1)(t) : 0)),
    rate,
    1000,
  )
  expect(tone.firstSound).toBeCloseTo(0.7, 2)
  expect(tone.lastSound).toBeCloseTo(2.2, 2)
  expect(tone.seconds).toBeCloseTo(1.5, 1)
  expect(tone.level).toBeCloseTo(-20, 1)
  expect(tone.purity).toBeGreaterThan(0.999)
  expect(tone.longestGap).toBe(0)
})

test('the longest gap of a settled tone is found to within 10 ms', () => {
  const gaps = [
    [1.5, 1.53],
    [2, 2.12],
  ] as const
  const tone = findTone(
    record(4, (t) => (gaps.some(([from, to]) => t >= from && t < to) ? 0 : sine(1000, 0.1)(t))),
    rate,
    1000,
  )
  expect(Math.abs(tone.longestGap - 0.12)).toBeLessThanOrEqual(0.01)
  expect(Math.abs(tone.seconds - 3.85)).toBeLessThanOrEqual(0.02)
})

test('a stutter while starting up is no gap, unless settling is given less time', () => {
  const samples = record(4, (t) => (t >= 0.1 && t < 0.25 ? 0 : sine(1000, 0.1)(t)))
  expect(findTone(samples, rate, 1000).longestGap).toBe(0)
  expect(findTone(samples, rate, 1000, { settle: 0.05 }).longestGap).toBeCloseTo(0.15, 1)
})

test('noise lowers the purity and hides neither tone nor gap', () => {
  const hiss = noise(0.02)
  const tone = findTone(
    record(4, (t) => hiss() + (t >= 2 && t < 2.2 ? 0 : sine(1000, 0.1)(t))),
    rate,
    1000,
  )
  expect(tone.hz).toBeCloseTo(1000, 0)
  expect(tone.level).toBeCloseTo(-20, 0)
  // Mean squares: 0.1²/2 of tone against 0.02² of noise.
  expect(tone.purity).toBeCloseTo(0.005 / 0.0054, 1)
  expect(Math.abs(tone.longestGap - 0.2)).toBeLessThanOrEqual(0.01)
})

test('noise alone has next to no purity', () => {
  const hiss = noise(0.1)
  expect(findTone(record(2, hiss), rate, 1000).purity).toBeLessThan(0.01)
})

test('phase jumps lower the purity, but do not silence the tone', () => {
  const tone = findTone(
    record(4, (t) => 0.1 * Math.sin(2 * Math.PI * 1000 * t + Math.floor(t / 0.1) * 2)),
    rate,
    1000,
  )
  expect(tone.purity).toBeLessThan(0.99)
  expect(tone.purity).toBeGreaterThan(0.5)
  expect(tone.longestGap).toBeLessThanOrEqual(0.02)
  expect(Math.abs(tone.hz - 1000)).toBeLessThan(10)
})

test('a tone of another frequency is named, and is no part of the one expected', () => {
  const tone = findTone(record(2, sine(918.75, 0.1)), rate, 1000)
  expect(tone.hz).toBeCloseTo(918.75, 1)
  expect(tone.purity).toBeLessThan(0.0001)
  expect(tone.level).toBeLessThan(-80)
})

test('silence, an empty recording and a tone below the floor are reported as nothing', () => {
  const nothing = {
    hz: 0,
    level: -Infinity,
    purity: 0,
    seconds: 0,
    longestGap: 0,
    firstSound: undefined,
    lastSound: undefined,
  }
  expect(findTone(new Float64Array(rate), rate, 1000)).toEqual(nothing)
  expect(findTone(new Float64Array(0), rate, 1000)).toEqual(nothing)
  expect(findTone(record(1, sine(1000, 0.0005)), rate, 1000)).toEqual(nothing)
  expect(findTone(record(1, sine(1000, 0.0005)), rate, 1000, { floor: -80 }).seconds).toBe(1)
})

test('a tone recorded with 16 bits and read back keeps its level', () => {
  const pcm = s16(...record(1, sine(1000, 0.1)).map((value) => Math.round(value * 32767)))
  const { samples } = readWav(wav('tone.wav', pcm, { riff: 0, length: 0 }))
  const tone = findTone(samples[0] ?? new Float64Array(0), rate, 1000)
  expect(tone.level).toBeCloseTo(-20, 2)
  expect(tone.purity).toBeGreaterThan(0.999)
})
