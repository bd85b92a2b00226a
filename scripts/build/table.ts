import { visible } from '../../lib/common/words/visible.ts'
import { seconds } from '../session/report.ts'

/** What became of one of several images. */
export interface Outcome {
  name: string
  /** the file of its choices */
  choices: string
  result: 'made' | 'cached' | 'failed' | 'stopped' | 'not begun'
  /** from its first stage to its last; undefined: there was none */
  seconds?: number
  /** the path of the image */
  image?: string
  /** why it failed */
  why?: string
}

const WORDS: Readonly<Record<Outcome['result'], string>> = {
  made: 'made',
  cached: 'cached',
  failed: 'FAILED',
  stopped: 'stopped',
  'not begun': 'not begun',
}

/** A line for each image, with what it took or why it failed, and one for all of them. */
export function outcomeTable(outcomes: readonly Outcome[], all_s: number): string[] {
  const wide = Math.max(5, ...outcomes.map(({ name }) => name.length))
  const row = (name: string, result: string, time: string, why: string): string =>
    `${name.padEnd(wide)}  ${result.padEnd(9)}  ${time.padStart(12)}  ${why}`.trimEnd()
  const counts = Object.entries(WORDS).flatMap(([result, word]) => {
    const count = outcomes.filter((one) => one.result === result).length
    return count === 0 ? [] : [`${count} ${word.toLowerCase()}`]
  })
  return [
    row('image', 'result', 'time', ''),
    ...outcomes.map((one) =>
      row(
        one.name,
        WORDS[one.result],
        one.seconds === undefined ? '' : seconds(one.seconds),
        visible(one.why ?? ''),
      ),
    ),
    `${outcomes.length} images: ${counts.join(', ')}, in ${seconds(all_s)}`,
  ]
}
