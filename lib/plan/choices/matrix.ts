import { UserError } from '../../common/words/errors.ts'
import { firstOf } from '../../common/words/together.ts'
import { uniqueBy } from '../../common/unique.ts'
import { visible } from '../../common/words/visible.ts'
import type { KeyPath } from '../catalogue/mistakes.ts'
import type { Located, Override } from '../catalogue/yaml.ts'
import type { MatrixChoices } from '../schema/matrix.ts'
import { rules, whyNot } from '../schema/values.ts'
import { overrides } from './choices.ts'
import type { Said } from './choices.ts'
import { unknownExcludes, withoutExcluded } from './matrix-exclude.ts'
import { AXES, choice, jackOf, replaced, saidBy, wordOf } from './matrix-values.ts'
import type { Choice, Value } from './matrix-values.ts'

/** So many images are a slip of the pen: nobody has the disk for them. */
const MOST_IMAGES = 500

/** One image of a matrix. */
export interface MatrixImage {
  name: string
  /** what it has beside what all have, with the place of each in the file */
  said: Override[]
}

/**
 * The images that a matrix stands for, in the order of the file: its name, and the word of each axis
 * that it has, make the name of each. What is said on the command line takes the place of a value of
 * every image; images that are the same then are one. Throws UserError with all that is wrong.
 */
export function imagesOf(
  matrix: Located<MatrixChoices>,
  commandLine: readonly Said[] = [],
): MatrixImage[] {
  const { value, at } = matrix
  const axes = AXES.flatMap((axis) => {
    const values = value.matrix[axis]
    if (values === undefined) return []
    return [values.map((one: Value, i) => choice(axis, one, at(['matrix', axis, i])))]
  })
  const instead = overrides(commandLine)
  const mistakes = [
    ...twiceIn(axes),
    ...twiceSaid(matrix),
    ...missing(matrix, instead),
    ...unknownExcludes(matrix, axes),
  ]
  const count = axes.reduce((all, choices) => all * choices.length, 1)
  if (count > MOST_IMAGES)
    mistakes.push(
      `${at(['matrix'])} matrix: these are ${count} images: expected at most ${MOST_IMAGES} (write several files)`,
    )
  refuse(mistakes)
  const all = axes.reduce<Choice[][]>(
    (some, choices) => some.flatMap((before) => choices.map((one) => [...before, one])),
    [[]],
  )
  const { left, mistakes: excludes } = withoutExcluded(matrix, all)
  mistakes.push(...excludes)
  const images = left.map((choices) => {
    const meant = choices.map((one) => ({ ...one, ...replaced(one, instead) }))
    const name = [...(value.name === undefined ? [] : [value.name]), ...meant.map(wordOf)].join('-')
    const why = whyNot(rules.image_name, name)
    if (why !== undefined)
      mistakes.push(
        `${choices[0]!.place} matrix: an image of it would be called ${visible(name)}: ${why} (write fewer boards in one list)`,
      )
    const named = { path: ['name'], value: name, text: choices[0]!.place }
    return { name, said: [named, ...choices.flatMap(saidBy)] }
  })
  refuse(mistakes)
  return uniqueBy(images, ({ name }) => name)
}

function refuse(mistakes: readonly string[]): void {
  if (mistakes.length > 0) throw new UserError(firstOf([...new Set(mistakes)]).join('\n'))
}

/** Values that make the same name. */
const twiceIn = (axes: readonly Choice[][]): string[] =>
  axes.flatMap((choices) =>
    choices.flatMap(({ axis, word, place }, i) => {
      const before = choices.findIndex((one) => one.word === word)
      return before === i
        ? []
        : [`${place} matrix.${axis}.${i}: ${visible(word)} is there twice: name it once`]
    }),
  )

/** Whether there is something at a path: what is not there has the place of what is around it. */
const says = ({ at }: Located<MatrixChoices>, path: KeyPath): boolean =>
  at(path) !== at(path.slice(0, -1))

/** What an image must have, and none of this matrix would. */
const missing = (matrix: Located<MatrixChoices>, instead: readonly Override[]): string[] =>
  (['board', 'soundcard'] as const).flatMap((key) =>
    matrix.value.matrix[key] !== undefined ||
    says(matrix, ['same', key]) ||
    instead.some(({ path }) => path[0] === key)
      ? []
      : [
          `${matrix.at(['matrix'])} ${key}: is missing: write a list, matrix.${key}, or one for all, same.${key}`,
        ],
  )

/** What an axis says, and `same`, too. */
function twiceSaid(matrix: Located<MatrixChoices>): string[] {
  const { value, at } = matrix
  const jacks = (value.matrix.jack ?? []).flatMap((one) => Object.keys(jackOf(one)))
  const keys = [
    ...(['board', 'soundcard', 'base'] as const).filter((axis) => value.matrix[axis]),
    ...[...new Set(jacks)].map((key) => `jack.${key}`),
  ]
  return keys.flatMap((key) => {
    const path = ['same', ...key.split('.')]
    return says(matrix, path)
      ? [`${at(path)} same.${key}: matrix.${key.split('.')[0]} says it, too: say it in one place`]
      : []
  })
}
