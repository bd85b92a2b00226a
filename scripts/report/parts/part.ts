import type { Build } from '../data/build.ts'
import type { OnBoard } from '../../proven/record.ts'
import type { Kept } from '../data/kept.ts'
import type { Measured } from '../data/measured.ts'
import type { Html } from '../html.ts'

/** A build with all that is known of it. `id` is a word, unique on the page. */
export interface Subject extends Build {
  id: string
  kept: Kept
  /** what others have tried on real boards; left out: nothing */
  tried?: readonly OnBoard[]
  /** what somebody's card has measured with it */
  measured?: Measured
}

/** One part of a page: the same question, answered for each image. */
export interface Part {
  id: string
  title: string
  /** `all`: what has one measure for all pictures beside each other */
  of(one: Subject, all: readonly Subject[]): Html
  /** left out where no image has anything to say; undefined: it always has */
  has?: (one: Subject) => boolean
}
