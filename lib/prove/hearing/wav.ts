/**
 * Reads what an emulated sound card recorded, and says whether the expected tone is in it.
 *
 * Units: frequencies in Hz, times in seconds from the start of the recording, levels in dBFS of
 * AES17, where a sine that just reaches full scale has 0 dBFS; so a sine of amplitude 0.1 has −20
 * dBFS.
 */
import { readFileSync } from 'node:fs'

export interface Wav {
  /** Frames per second. */
  rate: number
  channels: number
  /** One array a channel, −1…1. */
  samples: Float64Array[]
}

export interface ToneReport {
  /** Frequency of the strongest component, whatever was expected; 0 when nothing sounds. */
  hz: number
  /**
   * Level of what lies within ±2 % of the expected frequency, over the sounding part; −Infinity
   * when nothing does.
   */
  level: number
  /** Share (0…1) of the sounding part's energy that lies within ±2 % of the expected frequency. */
  purity: number
  /**
   * How long the strongest component sounds, all in all; noise sounds too, so judge purity first.
   */
  seconds: number
  /**
   * Longest silence between settling and the last sound; a silence shorter than about 5 ms shows in
   * purity only.
   */
  longestGap: number
  /** When it first and last sounds; undefined when nothing does. */
  firstSound: number | undefined
  lastSound: number | undefined
}

export interface ToneOptions {
  /** Below this level (dBFS) in every moment there is silence; default −60. */
  floor?: number
  /**
   * Gaps count only from this long after the first sound: starting up may stutter; default 0.5 s.
   */
  settle?: number
}

/** Half the width of the band that counts as the tone, as a share of its frequency. */
const BAND = 0.02
/**
 * Time between two looks at whether the tone sounds, and so the resolution of every time in the
 * report.
 */
const STEP = 0.005
/**
 * A look lasts this long, or four periods of a low tone: shorter ones could not tell it from its
 * neighbours.
 */
const LOOK = 0.02
/** A silence of this length ends a stretch of sound; a shorter one spoils its purity. */
const SPLIT = 0.05

/**
 * Reads a RIFF/WAVE file of 16-bit PCM; throws an Error that names the file when it is not one.
 *
 * QEMU writes the length fields when it closes the file; one that is killed leaves them 0. Unless
 * the outer length agrees with the file, the data chunk is therefore read to the end of the file.
 */
export function readWav(path: string): Wav {
  const file = readFileSync(path)
  const refuse = (why: string) => new Error(`${path}: ${why}`)
  if (
    file.length < 12 ||
    file.toString('latin1', 0, 4) !== 'RIFF' ||
    file.toString('latin1', 8, 12) !== 'WAVE'
  )
    throw refuse('not a RIFF/WAVE file')
  const lengthsAreRight = file.readUInt32LE(4) + 8 === file.length
  let format: { rate: number; channels: number } | undefined
  for (let at = 12; at + 8 <= file.length;) {
    const id = file.toString('latin1', at, at + 4)
    const length = file.readUInt32LE(at + 4)
    const body = at + 8
    if (id === 'fmt ' && body + 16 <= file.length) {
      const [tag, channels, rate, bits] = [
        file.readUInt16LE(body),
        file.readUInt16LE(body + 2),
        file.readUInt32LE(body + 4),
        file.readUInt16LE(body + 14),
      ]
      // 0xfffe = WAVE_FORMAT_EXTENSIBLE, whose real tag is the start of a GUID 24 bytes further on.
      const pcm =
        tag === 1 ||
        (tag === 0xfffe && body + 26 <= file.length && file.readUInt16LE(body + 24) === 1)
      if (!pcm || bits !== 16 || channels === 0 || rate === 0)
        throw refuse(
          `format ${tag}, ${bits} bits, ${channels} channels, ${rate} Hz: 16-bit PCM is read here`,
        )
      format = { rate, channels }
    }
    if (id === 'data') {
      if (format === undefined) throw refuse('the data comes before its format')
      const end = lengthsAreRight ? Math.min(body + length, file.length) : file.length
      return { ...format, samples: deinterleave(file.subarray(body, end), format.channels) }
    }
    at = body + length + (length % 2)
  }
  throw refuse('no data chunk')
}

/** Looks for a tone of `hz` in one channel. */
export function findTone(
  samples: Float64Array,
  rate: number,
  hz: number,
  { floor = -60, settle = 0.5 }: ToneOptions = {},
): ToneReport {
  const silence: ToneReport = {
    hz: 0,
    level: -Infinity,
    purity: 0,
    seconds: 0,
    longestGap: 0,
    firstSound: undefined,
    lastSound: undefined,
  }
  const peak = strongest(powerSpectrum(samples, rate, hz, [{ from: 0, to: samples.length }]))
  if (peak === 0) return silence
  const sounding = soundingSteps(samples, rate, peak, 10 ** (floor / 20))
  const first = sounding.indexOf(true)
  const last = sounding.lastIndexOf(true)
  if (first < 0) return silence
  const spectrum = powerSpectrum(samples, rate, hz, stretches(sounding, rate, samples.length))
  const tone = powerBetween(spectrum, hz * (1 - BAND), hz * (1 + BAND))
  return {
    hz: strongest(spectrum),
    // A full-scale sine has a mean square of 1/2.
    level: 10 * Math.log10(2 * tone),
    purity: tone / powerBetween(spectrum, 0, rate / 2),
    seconds: sounding.filter((sounds) => sounds).length * STEP,
    longestGap: longestFalse(sounding.slice(0, last), Math.ceil(first + settle / STEP)) * STEP,
    firstSound: first * STEP,
    lastSound: (last + 1) * STEP,
  }
}

/**
 * Splits interleaved little-endian 16-bit frames into channels; an unfinished last frame is
 * dropped.
 */
function deinterleave(data: Buffer, channels: number): Float64Array[] {
  const frames = Math.floor(data.length / 2 / channels)
  return Array.from({ length: channels }, (_, channel) =>
    Float64Array.from(
      { length: frames },
      (_, frame) => data.readInt16LE((frame * channels + channel) * 2) / 32768,
    ),
  )
}

/**
 * Says for each step of the recording whether the component at `hz` sounds in it: whether its
 * amplitude, seen through a Hann window about the middle of the step, is at least half of its usual
 * one and above the floor. At the very edge of a tone the window sees half of it, so the edges come
 * out where they are.
 */
function soundingSteps(samples: Float64Array, rate: number, hz: number, floor: number): boolean[] {
  const window = hann(2 * Math.round((Math.max(LOOK, 4 / hz) * rate) / 2))
  const step = STEP * rate
  const amplitudes = Array.from({ length: Math.ceil(samples.length / step) }, (_, i) =>
    goertzel(samples, Math.round((i + 0.5) * step) - window.length / 2, window, hz / rate),
  )
  // The mean, each amplitude weighted with its own energy: silence and stray clicks hardly count in
  // it.
  const [cubes, squares] = [3, 2].map((power) =>
    amplitudes.reduce((sum, amplitude) => sum + amplitude ** power, 0),
  )
  const enough = Math.max(floor, (cubes ?? 0) / (squares || 1) / 2)
  return amplitudes.map((amplitude) => amplitude >= enough)
}

/**
 * Amplitude of one frequency (in cycles per sample) in a windowed piece of the signal (Goertzel's
 * algorithm).
 */
function goertzel(
  samples: Float64Array,
  start: number,
  window: Float64Array,
  frequency: number,
): number {
  const coefficient = 2 * Math.cos(2 * Math.PI * frequency)
  let [last, beforeLast, weight] = [0, 0, 0]
  for (let i = 0; i < window.length; i++) {
    const w = window[i] ?? 0
    const next = (samples[start + i] ?? 0) * w + coefficient * last - beforeLast
    beforeLast = last
    last = next
    weight += w
  }
  return (
    (2 * Math.sqrt(Math.max(0, last ** 2 + beforeLast ** 2 - coefficient * last * beforeLast))) /
    weight
  )
}

/** A piece of the recording, in samples. */
interface Stretch {
  from: number
  to: number
}

/**
 * The pieces in which the tone sounds; a silence too short to split them stays inside, as an
 * impurity.
 */
function stretches(sounding: readonly boolean[], rate: number, length: number): Stretch[] {
  const found: Stretch[] = []
  for (const [i, sounds] of sounding.entries()) {
    if (!sounds) continue
    const [from, to] = [
      Math.round(i * STEP * rate),
      Math.min(length, Math.round((i + 1) * STEP * rate)),
    ]
    const open = found.at(-1)
    if (open && from - open.to < SPLIT * rate) open.to = to
    else found.push({ from, to })
  }
  return found
}

/**
 * Length of the longest run of false among the entries from `from` on, not counting one that began
 * before it.
 */
function longestFalse(entries: readonly boolean[], from: number): number {
  let [longest, run] = [0, 0]
  const start = entries.indexOf(true, Math.max(0, from))
  for (const entry of start < 0 ? [] : entries.slice(start)) {
    run = entry ? 0 : run + 1
    longest = Math.max(longest, run)
  }
  return longest
}

/** Mean square of the signal in each bin; bin k is at k · binHz. */
interface Spectrum {
  binHz: number
  power: Float64Array
}

/**
 * Power spectrum of these stretches (Welch's method): Hann windows that overlap by half or more and
 * lie within one stretch, so that the edges of a tone, which are no fault of it, do not blur it. A
 * window is long enough for the band about `hz` to hold four of its bins on each side, and then
 * padded to twice its length to find a peak between bins.
 */
function powerSpectrum(
  samples: Float64Array,
  rate: number,
  hz: number,
  pieces: readonly Stretch[],
): Spectrum {
  const longest = 2 ** Math.ceil(Math.log2(Math.max(rate / 4, (4 * rate) / (BAND * hz))))
  const size = 2 * longest
  const power = new Float64Array(longest + 1)
  let weight = 0
  for (const { from, to } of pieces) {
    const window = hann(Math.min(longest, to - from))
    const steps = Math.ceil((to - from - window.length) / (window.length / 2))
    for (let step = 0; step <= steps; step++) {
      const start =
        from + (steps === 0 ? 0 : Math.round((step * (to - from - window.length)) / steps))
      const [real, imaginary] = [new Float64Array(size), new Float64Array(size)]
      for (const [i, w] of window.entries()) real[i] = w * samples[start + i]!
      fft(real, imaginary)
      // Parseval: 1/size; every bin but the first and last has a mirror image.
      for (let k = 0; k <= longest; k++)
        power[k]! += ((k % longest === 0 ? 1 : 2) * (real[k]! ** 2 + imaginary[k]! ** 2)) / size
      weight += window.reduce((sum, w) => sum + w * w, 0)
    }
  }
  return { binHz: rate / size, power: power.map((p) => p / (weight || 1)) }
}

function powerBetween({ binHz, power }: Spectrum, low: number, high: number): number {
  return power.reduce((sum, p, k) => (k * binHz >= low && k * binHz <= high ? sum + p : sum), 0)
}

/**
 * Frequency of the strongest component above 10 Hz (below is no sound), exact to hundredths for a
 * steady sine; 0 for silence.
 */
function strongest({ binHz, power }: Spectrum): number {
  let k = Math.ceil(10 / binHz)
  for (let i = k; i < power.length - 1; i++) if (power[i]! > power[k]!) k = i
  if (power[k] === 0) return 0
  // Near its peak the logarithm of a Hann window's spectrum is all but a parabola.
  const [below, peak, above] = [k - 1, k, k + 1].map((i) =>
    Math.log(Math.max(power[i]!, Number.MIN_VALUE)),
  ) as [number, number, number]
  const bend = below - 2 * peak + above
  return (k + (bend === 0 ? 0 : (below - above) / 2 / bend)) * binHz
}

/** Hann window, periodic. */
function hann(size: number): Float64Array {
  return Float64Array.from(
    { length: size },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size),
  )
}

/** In-place fast Fourier transform (radix 2, Cooley and Tukey); the length is a power of two. */
function fft(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j)
      for (const part of [real, imaginary]) [part[i], part[j]] = [part[j] ?? 0, part[i] ?? 0]
  }
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      const [c, s] = [Math.cos((Math.PI * k) / half), -Math.sin((Math.PI * k) / half)]
      for (let i = k; i < size; i += 2 * half) {
        const j = i + half
        const [re, im] = [real[j]! * c - imaginary[j]! * s, real[j]! * s + imaginary[j]! * c]
        real[j] = real[i]! - re
        imaginary[j] = imaginary[i]! - im
        real[i]! += re
        imaginary[i]! += im
      }
    }
  }
}
