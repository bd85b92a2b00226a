import { join } from 'node:path'
import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { buildOf } from '../report/data/build.ts'
import type { Build } from '../report/data/build.ts'
import { measuredOf } from '../report/data/measured.ts'
import { writeReport, writeReportOfTwo } from '../report/write.ts'
import { chosenPlan } from '../session/choices.ts'
import { say } from '../session/print.ts'
import { out, shown } from '../session/session.ts'

export function reportCommand(): Command {
  return new Command('report')
    .argument('[image]', 'its folder, or its name in out/images (the image of image.yaml)')
    .argument('[second]', 'the image to stand beside it')
    .option(
      '--measured <file>',
      'what downbeat-latency --report has written on a board with this image: its picture, too',
    )
    .addHelpText(
      'after',
      '\nExample:\n  ./downbeat report\n  ./downbeat report out/images/downbeat out/images/pi3b-midi-only\n  ./downbeat report downbeat --measured report.json',
    )
    .action(report)
}

interface Options {
  measured?: string
}

async function report(
  image: string | undefined,
  second: string | undefined,
  { measured }: Options,
): Promise<void> {
  const images = join(out, 'images')
  const build = (given: string): Build => buildOf(given, images, shown)
  const one = build(image ?? join(images, (await chosenPlan(undefined, { set: [] })).name))
  if (second === undefined)
    return say(
      shown(await writeReport(one, measured === undefined ? undefined : measuredOf(measured, one))),
    )
  if (measured !== undefined)
    throw new UserError(
      `--measured is about one image: leave the second out: ./downbeat report ${one.name} --measured ${measured}`,
    )
  const other = build(second)
  if (one.folder === other.folder)
    throw new UserError(
      `${shown(one.folder)}: is both images; name another one, or leave the second out: ./downbeat report ${one.name}`,
    )
  say(shown(await writeReportOfTwo(one, other)))
}
