import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { buildOf } from '../report/data/build.ts'
import type { Build } from '../report/data/build.ts'
import { keptOf } from '../report/data/kept.ts'
import { reportFile } from '../report/files.ts'
import { pageOf, pageOfTwo } from '../report/page.ts'
import type { Subject } from '../report/parts/part.ts'
import { chosenPlan } from '../session/choices.ts'
import { say } from '../session/print.ts'
import { cacheFolder, out, shown } from '../session/session.ts'

export function reportCommand(): Command {
  return new Command('report')
    .argument('[image]', 'its folder, or its name in out/images (the image of image.yaml)')
    .argument('[second]', 'the image to stand beside it')
    .addHelpText(
      'after',
      '\nExample:\n  ./downbeat report\n  ./downbeat report out/images/downbeat out/images/pi3b-midi-only',
    )
    .action(report)
}

async function report(image: string | undefined, second: string | undefined): Promise<void> {
  const images = join(out, 'images')
  const build = (given: string): Build => buildOf(given, images, shown)
  const one = build(image ?? join(images, (await chosenPlan(undefined, { set: [] })).name))
  if (second === undefined) {
    put(join(one.folder, reportFile()), pageOf(await withKept(one, 'one')))
    return
  }
  const other = build(second)
  if (one.folder === other.folder)
    throw new UserError(
      `${shown(one.folder)}: is both images; name another one, or leave the second out: ./downbeat report ${one.name}`,
    )
  const named = one.name === other.name
  const [left, right] = await Promise.all([
    withKept(named ? { ...one, name: `${one.name} (first)` } : one, 'one'),
    withKept(named ? { ...other, name: `${other.name} (second)` } : other, 'other'),
  ])
  put(join(one.folder, reportFile(other.plan.name)), pageOfTwo(left, right))
}

const withKept = async (build: Build, id: string): Promise<Subject> => ({
  ...build,
  id,
  kept: await keptOf(build, cacheFolder()),
})

/** Writes the page whole, and says where it is. */
function put(path: string, text: string): void {
  const half = `${path}.${process.pid}.half`
  try {
    writeFileSync(half, text)
    renameSync(half, path)
  } finally {
    rmSync(half, { force: true })
  }
  say(shown(path))
}
