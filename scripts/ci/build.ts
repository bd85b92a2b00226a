import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { typedWord } from '../../lib/common/quote.ts'
import { sayBeside } from '../session/print.ts'
import { root } from '../session/session.ts'
import { releaseAddress, setOutputs, tag } from './github.ts'
import { factsOf, imagesIn, outOf, plansOf, stampsIn } from './images.ts'
import type { Image } from './images.ts'
import { choiceWords } from './inputs.ts'
import type { Said } from './inputs.ts'
import { writeResult } from './result.ts'
import type { Row } from '../measure/table.ts'
import type { Result } from './result.ts'

/**
 * Builds and proves what was chosen, by the commands that a person would type. Where one image fails
 * the others are made. Returns the exit status of the first command that failed.
 */
export async function build(said: Said): Promise<number> {
  const names = new Set((await plansOf(said)).map(({ name }) => name))
  const out = outOf(said)
  const before = stampsIn(out)
  const built = run(out, ['build', ...said.choices, ...choiceWords(said), ...buildWords(said)], 2)
  const images = [...stampsIn(out)]
    .filter(([name, stamp]) => names.has(name) && before.get(name) !== stamp)
    .map(([name]) => name)
  const result: Result = { images, failed: [], figures: [], until: said.until }
  if (built.status !== 0)
    result.failed.push({ choices: said.choices.join(', '), status: built.status })
  for (const choices of said.measure && built.status === 0 ? said.choices : []) {
    const { status, printed } = run(
      out,
      ['measure', choices, ...choiceWords(said), '--json'],
      'pipe',
    )
    // above the budget there are figures, too
    if (printed.startsWith('{'))
      result.figures.push(...(JSON.parse(printed) as { images: Row[] }).images)
    if (status !== 0) result.failed.push({ choices, status })
  }
  writeResult(out, result)
  setOutputs(outputsOf(imagesIn(out, result.images), result))
  return result.failed[0]?.status ?? 0
}

/** What else is to be done with an image. */
function buildWords(said: Said): string[] {
  if (said.until !== '') return [`--until=${said.until}`]
  const name = tag()
  const address = name === undefined ? undefined : releaseAddress(name)
  const release = address === undefined ? ['--release'] : [`--release-url=${address}`]
  return [...(said.boot ? ['--boot'] : []), ...(said.release === 'false' ? [] : release)]
}

/** Runs ./downbeat. What it says is seen as it comes; what it prints may be kept. */
function run(
  out: string,
  words: readonly string[],
  stdout: 2 | 'pipe',
): { status: number; printed: string } {
  sayBeside(`- ./downbeat ${words.map(typedWord).join(' ')}`)
  const { status, stdout: printed }: { status: number | null; stdout: string | null } = spawnSync(
    join(root, 'downbeat'),
    words,
    {
      stdio: ['ignore', stdout, 'inherit'],
      encoding: 'utf8',
      env: { ...process.env, DOWNBEAT_OUT: out },
    },
  )
  return { status: status ?? 130, printed: printed ?? '' }
}

/** What somebody may fetch and ask about: all that was packed, and the list of its sums. */
const packedIn = ({ folder, record }: Image): string[] =>
  Object.keys(record.files)
    .filter((file) => file.startsWith(`${record.name}.`) && file !== `${record.name}.img`)
    .concat('SHA256SUMS')
    .map((file) => join(folder, file))

/** Of one image a value, of several a line each. */
function outputsOf(images: readonly Image[], { figures }: Result): Record<string, string> {
  const facts = images.map((image) => ({ ...image, ...factsOf(image) }))
  const lines = (of: (one: (typeof facts)[number]) => string): string => facts.map(of).join('\n')
  const packed = facts.some((one) => one.packed)
  return {
    image: lines(({ image }) => image),
    sha256: lines(({ sha256 }) => sha256),
    manifest: lines(({ manifest }) => manifest),
    folder: lines(({ folder }) => folder),
    figures: figures.length === 0 ? '' : JSON.stringify(figures),
    // the image is in what was packed: nobody needs it twice
    upload: facts
      .flatMap((one) => (one.packed ? [one.folder, `!${one.image}`] : [one.folder]))
      .join('\n'),
    attest: facts.flatMap((one) => (one.packed ? packedIn(one) : [])).join('\n'),
    compression: packed ? '0' : '6',
  }
}
