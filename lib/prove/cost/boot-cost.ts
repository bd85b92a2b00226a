import type { Console } from '../emulator/console.ts'

/** A unit of a boot, and when it ran. */
export interface UnitTime {
  unit: string
  /** ms since the kernel began: when it was started, and when it was there */
  from: number
  to: number
}

/**
 * What a boot has cost. The clock of the machine counts instructions, a nanosecond each, and the
 * time in which there was nothing to do.
 */
export interface BootCost {
  /** ms since the kernel began: when the first program of the root began, and when JACK took clients */
  userspace_ms: number
  jack_ms?: number
  /** ms since the kernel began, up to when nothing more was to be started */
  end_ms: number
  /** processes that are left then, without the kernel's own threads and those that ask */
  processes: number
  /** KiB of memory that programs and the kernel have then: all of it, without what is available */
  memory_kib: number
  /** units that took at least 20 ms, in the order in which they were started */
  units: UnitTime[]
}

/** Units that took less are left out: ms. */
const SHORTEST_MS = 20

/**
 * One question, so that the answers are of one moment: seconds since the boot, processes that are no
 * kernel's (their memory has a size), memory, and the times of units.
 */
const QUESTION = [
  'cut -d" " -f1 /proc/uptime',
  'grep -l "^VmSize" /proc/[0-9]*/status 2>/dev/null | wc -l',
  'grep -E "^Mem(Total|Available):" /proc/meminfo',
  'systemctl show -p UserspaceTimestampMonotonic',
  'systemctl show "*" -p Id -p InactiveExitTimestampMonotonic -p ActiveEnterTimestampMonotonic',
].join('; ')

/** What asks is a shell, grep and its pipe. */
const ASKING = 3

/** Asks a booted system what its boot has cost. */
export const askCost = async (console: Console): Promise<BootCost> =>
  costOf((await console.run(QUESTION)).text)

/** The answer, read. Error: where something is missing in it. */
export function costOf(said: string): BootCost {
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(said)?.[1]
    if (found === undefined)
      throw new Error(`the booted system does not answer as it should:\n${said.slice(0, 500)}`)
    return Number(found)
  }
  const units = unitsOf(said)
  const jack = units.find(({ unit }) => /^jackd(?:@.*|-midi)\.service$/.test(unit))
  return {
    userspace_ms: Math.round(number(/^UserspaceTimestampMonotonic=(\d+)$/m) / 1000),
    ...(jack === undefined ? {} : { jack_ms: jack.to }),
    end_ms: Math.round(number(/^(\d+\.\d+)$/m) * 1000),
    processes: number(/^(\d+)$/m) - ASKING,
    memory_kib: number(/^MemTotal: +(\d+)/m) - number(/^MemAvailable: +(\d+)/m),
    units: units.filter(({ from, to }) => to - from >= SHORTEST_MS),
  }
}

/** Each unit that was started, in blocks of `key=value` with an empty line between them. */
function unitsOf(said: string): UnitTime[] {
  return said
    .split('\n\n')
    .flatMap((block) => {
      const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(block)?.[1] ?? ''
      const [from, to] = ['InactiveExit', 'ActiveEnter'].map((key) =>
        Math.round(Number(value(`${key}TimestampMonotonic`)) / 1000),
      ) as [number, number]
      const unit = value('Id')
      return /\.(?:service|mount|socket|swap)$/.test(unit) && from > 0 && to >= from
        ? [{ unit, from, to }]
        : []
    })
    .toSorted((a, b) => a.from - b.from)
}
