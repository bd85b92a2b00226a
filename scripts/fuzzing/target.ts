import type { Arbitrary } from 'fast-check'

/** How long a target is tried, and from which number all its inputs are made. */
export interface Bounds {
  seed: number
  /** inputs; Infinity: until the time is up */
  runs: number
  /** milliseconds of the wall's clock; Infinity: until there were as many inputs */
  ms: number
  /** where what was found is written */
  folder: string
  /** how far it is, as a line */
  say: (line: string) => void
  signal: AbortSignal
}

/** An input that something is wrong with. */
export interface Finding {
  /** the file that it was written to, in `folder` */
  file: string
  /** what went wrong, in lines */
  why: string
}

export interface Outcome {
  /** inputs that were tried; undefined: it was stopped before they were counted */
  inputs: number | undefined
  findings: Finding[]
}

/** Code of this project that takes a value: whatever the value is, the same must hold. */
export interface Property<T> {
  about: string
  inputs: Arbitrary<T>
  /** Throws where something is wrong: a mistake of the input itself is not. */
  holds: (input: T) => void | Promise<void>
  /** An input as the text of a file that shows it again. */
  text: (input: T) => string
}

/** A program that is compiled to be tried, with a fuzzer of its own. */
export interface Program {
  about: string
  fuzz: (bounds: Bounds) => Promise<Outcome>
}

/** What each file of scripts/fuzz exports as `target`. */
export type Target = Program | { property: Property<unknown> }

/** A property among targets, which may be of any type of input. */
export const ofProperty = <T>(property: Property<T>): Target => ({
  property: property as Property<unknown>,
})

export const aboutOf = (target: Target): string =>
  'property' in target ? target.property.about : target.about
