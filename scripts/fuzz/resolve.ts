import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { stringify } from 'yaml'
import { UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { Image } from '../../lib/plan/schema/image.ts'
import { odd, torn } from '../fuzzing/odd.ts'
import { ofProperty } from '../fuzzing/target.ts'
import { root } from '../session/session.ts'

/** A file of choices, and what stands behind each --set. */
interface Choices {
  text: string
  sets: string[]
}

const ids = (folder: string): string[] =>
  readdirSync(join(root, folder)).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? [])

const known = fc.constantFrom(
  ...['boards', 'soundcards', 'profiles', 'bases', 'kernel', 'tunings', 'packages'].flatMap(ids),
)
const plain = fc.oneof(
  { weight: 4, arbitrary: known },
  odd,
  fc.integer({ min: -2, max: 400_000 }),
  fc.boolean(),
  fc.constant(null),
  fc.double(),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const nested = (depth: number): fc.Arbitrary<unknown> =>
  depth === 0
    ? plain
    : fc.oneof(
        { weight: 3, arbitrary: plain },
        fc.array(nested(depth - 1), { maxLength: 4 }),
        fc.dictionary(fc.oneof(odd, known, key), nested(depth - 1), { maxKeys: 4 }),
      )

/** The keys of image.yaml, and of the tables in it. */
const inner = [
  'name',
  'ssh_keys',
  'server',
  'period',
  'periods',
  'rate',
  'inputs',
  'source',
  'series',
]
const key = fc.constantFrom(...Object.keys(Image.shape), ...inner)
const path = fc
  .array(fc.oneof({ weight: 4, arbitrary: key }, odd, known), { minLength: 1, maxLength: 4 })
  .map((steps) => steps.join('.'))

/** Choices that are good, in which some values are not. */
const tree = fc
  .record({
    good: fc.record({
      board: fc.constantFrom(...ids('boards')),
      soundcard: fc.constantFrom(...ids('soundcards'), 'auto'),
    }),
    bad: fc.dictionary(fc.oneof({ weight: 6, arbitrary: key }, odd), nested(3), { maxKeys: 3 }),
  })
  .map(({ good, bad }) => stringify({ ...good, ...bad }))

const inputs: fc.Arbitrary<Choices> = fc.record({
  text: fc.oneof({ weight: 3, arbitrary: tree }, torn(tree)),
  sets: fc.array(
    fc.tuple(path, fc.oneof(plain, odd)).map(([steps, value]) => `${steps}=${String(value)}`),
    { maxLength: 3 },
  ),
})

const catalogue = openCatalogue(root)

/** A plan, or a mistake that is told in lines which say where it is. */
function holds({ text, sets }: Choices): void {
  const folder = mkdtempSync(join(tmpdir(), 'downbeat-fuzz-'))
  const file = join(folder, 'choices.yaml')
  try {
    writeFileSync(file, text)
    resolve(catalogue, file, sets)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    for (const line of error.message.split('\n'))
      if (!/^\S/.test(line) || line.includes('[object Object]') || visible(line) !== line)
        throw new Error(`a line that says nothing: ${JSON.stringify(line)}`, { cause: error })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const target = ofProperty<Choices>({
  about: 'a file of choices and --set: a plan, or a mistake that is told',
  inputs,
  holds,
  text: ({ text, sets }) =>
    [...sets.map((set) => `# --set ${JSON.stringify(set)}`), text].join('\n'),
})
