import { z } from 'zod'
import { UserError } from '../../../lib/common/words/errors.ts'
import { onCard } from '../../proven/fields.ts'
import { reportOf, textOfReport, withEnd } from '../../proven/read.ts'

/** Loops of the longest measurement that a card makes. */
const MOST = 200_000_000

const Times = z.int().min(0).max(MOST)
const Micros = z.int().min(0).max(1_000_000_000)

/** What downbeat-latency --report writes. */
const Latency = z
  .strictObject({
    report: z.literal('downbeat-latency'),
    format: z.literal(1),
    ...onCard,
    jack: z.strictObject({
      period: z.int().min(1).max(100_000),
      periods: z.int().min(1).max(100),
      rate: z.int().min(1000).max(10_000_000),
      softmode: z.boolean(),
      seconds: z.number().min(0).max(100_000),
      cycles: Times,
      xruns: Times,
      worst_us: Micros,
      max_load: z.number().min(0).max(100_000),
    }),
    seconds: z.int().min(1).max(100_000),
    interval_us: z.int().min(1).max(100_000),
    priority: z.int().min(1).max(99),
    core: z.int().min(0).max(1000).optional(),
    load: z.boolean(),
    governor: z.string().regex(/^[a-z_]{1,30}$/, 'expected the name of a governor, or none'),
    throttled: z
      .string()
      .regex(/^[0-9a-f]{1,8}$/, 'expected what vcgencmd get_throttled says, without 0x')
      .optional(),
    undervoltage: z.boolean().optional(),
    celsius: z.int().min(0).max(200).optional(),
    loops: z.int().min(1).max(MOST),
    worst_us: Micros,
    mean_us: Micros,
    lost: Times,
    histogram: z.record(z.string().regex(/^(0|[1-9]\d{0,3})$/, 'expected µs, below 2000'), Times),
  })
  .superRefine((said, context) => {
    const wrong = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message })
    const late = Object.keys(said.histogram).map(Number)
    const sum = Object.values(said.histogram).reduce((all, one) => all + one, said.lost)
    const latest = Math.max(...late)
    if (sum !== said.loops)
      wrong('loops', `says ${said.loops}, and the histogram has ${sum}: it was changed`)
    if (said.lost === 0 ? latest !== said.worst_us : said.worst_us < 2000)
      wrong(
        'worst_us',
        `says ${said.worst_us}, and the histogram has ${said.lost === 0 ? latest : 'some from 2000 on'}: it was changed`,
      )
    if (said.mean_us > said.worst_us) wrong('mean_us', 'is more than the worst: it was changed')
  })

/** How late a thread was on a real board, and what JACK said meanwhile. */
export type Measured = z.output<typeof Latency>

const ANEW = 'write it anew on the board: sudo downbeat-latency --report report.json'

/** Reads what a card has measured. UserError where it is no such file, or one of another image. */
export function measuredOf(file: string, { plan }: { plan: { name: string } }): Measured {
  const { value, at } = withEnd(ANEW, () => reportOf(textOfReport(file), file, Latency))
  if (value.image !== plan.name)
    throw new UserError(
      `${at(['image'])} image: was measured with the image ${value.image}, and the page is of ${plan.name}: ./downbeat report ${value.image} --measured ${file}`,
    )
  return value
}
