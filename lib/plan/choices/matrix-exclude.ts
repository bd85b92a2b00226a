import { isDeepStrictEqual } from 'node:util'
import { didYouMean } from '../../common/words/nearest.ts'
import { visible } from '../../common/words/visible.ts'
import type { Located } from '../catalogue/yaml.ts'
import type { MatrixChoices } from '../schema/matrix.ts'
import { AXES, jackOf, listOf, wordOf } from './matrix-values.ts'
import type { Choice, Value } from './matrix-values.ts'

/** Whether a value of an axis is what an entry of `exclude` says: all of it that is said there. */
function isExcluded({ axis, value }: Choice, said: Value): boolean {
  if (axis === 'jack')
    return Object.entries(jackOf(said)).every(([key, one]) =>
      isDeepStrictEqual(jackOf(value)[key], one),
    )
  return typeof value === 'string' ? value === said : (value as string[]).includes(said as string)
}

/** What `exclude` says that no image of the matrix has. */
export const unknownExcludes = (
  { value, at }: Located<MatrixChoices>,
  axes: readonly Choice[][],
): string[] =>
  value.exclude.flatMap((entry, i) =>
    AXES.flatMap((axis) => {
      const choices = axes.find(([first]) => first!.axis === axis)
      const path = ['exclude', i, axis]
      return listOf(entry[axis]).flatMap((said, j) => {
        const place = at(Array.isArray(entry[axis]) ? [...path, j] : path)
        const what = `${place} exclude.${i}.${axis}:`
        if (choices === undefined)
          return [`${what} the matrix has no list of it: write matrix.${axis}, or take this away`]
        if (choices.some((one) => isExcluded(one, said))) return []
        const word = wordOf({ axis, value: said })
        const words = choices.flatMap((one) =>
          axis === 'board' ? (listOf(one.value) as string[]) : [one.word],
        )
        return [
          `${what} no image of the matrix has ${visible(word)}${didYouMean(word, [...new Set(words)])}`,
        ]
      })
    }),
  )

/**
 * The images that no entry of `exclude` means. A mistake is an entry that means none, or the last
 * one that was left.
 */
export function withoutExcluded(
  { value, at }: Located<MatrixChoices>,
  all: readonly Choice[][],
): { left: readonly Choice[][]; mistakes: string[] } {
  const mistakes: string[] = []
  let left = all
  for (const [i, entry] of value.exclude.entries()) {
    const means = (choices: readonly Choice[]): boolean =>
      choices.every(
        ({ axis, ...one }) =>
          entry[axis] === undefined ||
          listOf(entry[axis]).some((said) => isExcluded({ axis, ...one }, said)),
      )
    const kept = left.filter((choices) => !means(choices))
    const what = `${at(['exclude', i])} exclude.${i}:`
    if (left.length > 0 && kept.length === 0)
      mistakes.push(
        `${what} with it, no image is left of ${all.length}: take it away, or say more in it`,
      )
    else if (kept.length === left.length)
      mistakes.push(`${what} all of it is left out before it: take it away`)
    left = kept
  }
  return { left, mistakes }
}
