import { binsOf, LOST_FROM_US } from '../data/bins.ts'
import type { Html } from '../html.ts'
import type { Tone } from '../palette.ts'
import { columns } from '../pictures.ts'
import { counted } from './words.ts'

/** How late a thread was, of `count` times: a column for each doubling. */
export function histogram(
  id: string,
  title: string,
  tone: Tone,
  count: number,
  seen: { histogram: Record<string, number>; lost: number; worst_us: number },
): Html {
  const bins = binsOf(seen)
  const most = Math.log10(1 + count)
  const words = `Of ${counted(count, 'wake-up')}: ${bins
    .filter((bin) => bin.count > 0)
    .map((bin) => `${bin.count} ${bin.from === 0 ? 'at once' : `from ${bin.from} µs`}`)
    .join(', ')}. The latest is ${seen.worst_us} µs late.`
  return columns(
    { id, title, words },
    bins.map((bin) => ({
      label: bin.from === LOST_FROM_US ? '2k+' : bin.from === 1024 ? '1k' : String(bin.from),
      value: bin.count === 0 ? '' : String(bin.count),
      height: most > 0 ? Math.min(1, Math.log10(1 + bin.count) / most) : 0,
      tone,
    })),
  )
}
