import { perhaps } from '../../lib/common/words/nearest.ts'
import type { AskedPackage, SourcedLine } from '../../lib/plan/plan.ts'

/** What apt has said of the packages of the archives. */
export interface Archives {
  /** what there is */
  names: ReadonlySet<string>
  /** names that stand for one of several packages */
  provided: ReadonlyMap<string, readonly string[]>
}

/** What would be installed, and what each package of it needs directly. */
export interface Resolved {
  coming: ReadonlySet<string>
  needs: ReadonlyMap<string, readonly string[]>
}

/** How many of the packages that a name stands for are named. */
const MOST = 6

/** What is asked for and is no package, each with its place and the name that was perhaps meant. */
export const unknownOf = (
  asked: readonly AskedPackage[],
  { names, provided }: Archives,
  suite: string,
): string[] =>
  asked
    .filter(({ name }) => !names.has(name))
    .map(({ name, place }) => {
      const by = provided.get(name)
      if (by !== undefined)
        return `${place}: ${name} is a name for any of several packages; take one of them: ${by.slice(0, MOST).join(', ')}${by.length > MOST ? ', …' : ''}`
      // of 70,000 names only those that can be near
      const like = [...names].filter(
        (one) => one[0] === name[0] && Math.abs(one.length - name.length) < 4,
      )
      return `${place}: there is no package ${name} in ${suite}${perhaps(name, like)}`
    })

/**
 * Whatever a tuning keeps out and would come all the same: who asked for it, or for what brings it
 * in, and what to type to let it in.
 */
export function keptOutOf(
  asked: readonly AskedPackage[],
  absent: readonly SourcedLine[],
  resolved: Resolved,
): string[] {
  const tunings = new Map<string, string[]>()
  for (const { text, by } of absent)
    if (resolved.coming.has(text) && !tunings.get(by)?.includes(text))
      tunings.set(by, [...(tunings.get(by) ?? []), text])
  if (tunings.size === 0) return []
  const mistakes = asked.flatMap(({ name, place }) => {
    const ways = waysFrom(name, resolved)
    return [...tunings].flatMap(([by, kept]) => {
      const brought = kept.filter((one) => ways.has(one))
      if (brought.length === 0) return []
      const what = brought.includes(name)
        ? `the tuning ${by} keeps ${name} out of the image`
        : `${name} brings in ${listed(brought)}${through(ways.get(brought[0]!)!)}, which the tuning ${by} keeps out`
      return [`${place}: ${what}; --set tunings.${by}=off allows it`]
    })
  })
  const all = [...tunings.keys()].map((by) => `--set tunings.${by}=off`)
  return [...mistakes, ...(all.length > 1 ? [`all of it is allowed by: ${all.join(' ')}`] : [])]
}

/** Every package that a package needs, directly or not, with the shortest way to it. */
function waysFrom(name: string, { coming, needs }: Resolved): Map<string, string[]> {
  const ways = new Map([[name, [name]]])
  for (const [at, way] of ways)
    for (const next of needs.get(at) ?? [])
      if (coming.has(next) && !ways.has(next)) ways.set(next, [...way, next])
  return ways
}

/** Of a long way the ends: who was asked for needs the first, and the last needs what is kept out. */
function through(way: readonly string[]): string {
  const between = way.slice(1, -1)
  const shown = between.length > 3 ? [between[0]!, '…', between.at(-1)!] : between
  return shown.length > 0 ? ` (by way of ${shown.join(', ')})` : ''
}

const listed = (names: readonly string[]): string =>
  names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`

/** What `apt-cache depends` prints: each package with what it needs, and who stands for that. */
export function readNeeds(text: string): Map<string, string[]> {
  const needs = new Map<string, string[]>()
  let own: string[] = []
  for (const line of text.split('\n')) {
    const name = line
      .trim()
      .replace(/^(Pre)?Depends: |^\|(Pre)?Depends: /, '')
      .replace(/^<|>$/g, '')
      .split(':')[0]!
    if (name === '') continue
    if (/^\S/.test(line)) needs.set(name, (own = []))
    else own.push(name)
  }
  return needs
}
