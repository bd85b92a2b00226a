import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { costAt } from '../../lib/prove/latency/cycles.ts'
import { JUDGED } from '../measure/budget.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { seconds } from '../session/report.ts'
import { addSummary } from './github.ts'
import { factsOf, imagesIn, outOf } from './images.ts'
import type { Image } from './images.ts'
import type { Said } from './inputs.ts'
import { readResult } from './result.ts'
import type { Result } from './result.ts'

const reasons: Readonly<Record<number, string>> = {
  1: 'a stage failed',
  2: 'wrong input',
  3: 'the machine lacks something',
  4: 'a proof failed',
  130: 'it was stopped',
}

/** Writes what became of the build: a table of images, with sizes, proofs and figures. */
export function summary(said: Said): void {
  const out = outOf(said)
  const result = readResult(out)
  addSummary([
    '## downbeat',
    '',
    ...(result ? inMarkdown(result, imagesIn(out, result.images)) : nothing),
  ])
}

const nothing = ['Nothing was built: the annotations say why.']

function inMarkdown(result: Result, images: readonly Image[]): string[] {
  const stopped = `Stopped after the stage ${cell(result.until)}, as it was asked to: there is no image.`
  return [
    ...result.failed.map(
      ({ choices, status }) =>
        `**${cell(choices)}: ${reasons[status] ?? `exit status ${status}`}.** The annotations say what, and the logs of the run say more.`,
    ),
    ...(images.length === 0
      ? result.failed.length === 0
        ? [stopped]
        : []
      : [
          '',
          ...table([
            ['image', 'for', 'size', 'packed', 'proofs', 'booted on', 'latency of JACK', 'sha256'],
            ...images.map(row),
          ]),
        ]),
    ...(result.figures.length === 0
      ? []
      : [
          '',
          'How late a realtime thread wakes up, and what a cycle of JACK costs, on a machine that counts instructions. No board has these figures.',
          '',
          ...table([
            ['image', 'kernel', 'latest', 'may be', 'mean', 'over 2 ms', 'cycle', 'may be'],
            ...result.figures.map((one) => [
              one.name,
              one.kernel.split(' ')[0]!,
              `${one.worst_us} µs`,
              `${one.may.wake_up_us} µs`,
              `${one.mean_us} µs`,
              String(one.lost),
              String(costAt(one.cycles, JUDGED) ?? '-'),
              String(one.may.cycle_instructions),
            ]),
          ]),
        ]),
  ]
}

function row(image: Image): string[] {
  const { record, folder } = image
  const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as Plan
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
  const xz = record.files[`${record.name}.img.xz`]
  const passed = record.proofs.filter((proof) => proof.passed).length
  return [
    record.name,
    plan.boards.map(({ name }) => name).join(', '),
    mb(record.files[`${record.name}.img`]!.bytes),
    xz === undefined ? 'no' : mb(xz.bytes),
    `${passed} of ${record.proofs.length} passed`,
    record.boots.map((boot) => `${boot.machine} in ${seconds(boot.seconds)}`).join(', ') || 'none',
    `${plan.configure.view.jack.latency_ms} ms`,
    factsOf(image).sha256,
  ]
}

const table = ([head, ...rows]: string[][]): string[] =>
  [head!, head!.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`)

/** Text as it is, and no Markdown: a name may have any letter. */
const cell = (text: string): string =>
  text === '---' ? text : text.replaceAll(/[\\|`*_<>[\]&#]/g, '\\$&').replaceAll(/\s+/g, ' ')
