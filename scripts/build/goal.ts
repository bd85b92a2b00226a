import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import type { AnyStage } from '../../lib/engine/run/stage.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { boot } from '../../stages/boot.ts'
import { image } from '../../stages/image.ts'
import { jack } from '../../stages/jack.ts'
import { packages } from '../../stages/packages.ts'
import { release } from '../../stages/release.ts'
import { rootfs } from '../../stages/rootfs.ts'
import { sound } from '../../stages/sound.ts'
import { verify } from '../../stages/verify.ts'
import { stagesBefore } from '../session/session.ts'
import type { RunOptions } from '../session/session.ts'

/** What the options of a build say of how far it goes. */
interface GoalOptions {
  until?: string
  fresh?: true | string
  verifyCache?: true
  boot?: true
  release?: true
  releaseUrl?: string
  remote?: boolean
  verbose?: true
  quiet?: true
  json?: true
}

/** How far a build goes, whatever its plan is. */
export interface Goal {
  /** every stage that there is, by its name */
  known: ReturnType<typeof stagesBefore>
  /** what is made */
  stages: AnyStage[]
  /** the last of it */
  last: AnyStage[]
  /** there is an image in the end, with its proofs */
  complete: boolean
  /** it is packed for others */
  releases: boolean
  /** the stage packages is asked first */
  looks: boolean
  run: RunOptions
  /** Throws UserError where a plan has no stage that was asked for. */
  check(plan: Plan): void
}

/** Throws UserError for a stage that there is not, and for a release of half an image. */
export function goalOf(options: GoalOptions): Goal {
  const known = stagesBefore(packages, boot, sound, release)
  const asked = [options.until, options.fresh].filter((name) => typeof name === 'string')
  for (const name of asked)
    if (!known.has(name))
      throw new UserError(`there is no stage "${name}"${didYouMean(name, [...known.keys()])}`)
  const until = known.get(options.until ?? '')
  // what comes before the root does not look at packages, and leaves that to the plan
  const looks = until === undefined || stagesBefore(until).has(rootfs.name) || until === packages
  const last = until ? [until] : options.boot === true ? [boot, sound] : [verify]
  const all = stagesBefore(...last)
  const complete = all.has('verify')
  const releasing = options.release === true || options.releaseUrl !== undefined
  if (releasing && !complete)
    throw new UserError(
      `--release: only a complete build can be released; leave out --until ${options.until}`,
    )
  return {
    known,
    stages: all.has('image') ? [image, jack, ...last, ...(releasing ? [release] : [])] : last,
    last,
    complete,
    releases: releasing,
    looks,
    run: {
      verbose: options.verbose === true,
      quiet: options.quiet === true || options.json === true,
      remote: options.remote !== false,
      verify: options.verifyCache === true || releasing,
      ...(looks ? { first: { stage: packages, unless: rootfs } } : {}),
      ...(options.fresh === undefined
        ? {}
        : { fresh: options.fresh === true ? 'all' : options.fresh }),
    },
    check(plan) {
      for (const name of asked)
        if (known.get(name)!.given(plan) === undefined)
          throw new UserError(`these choices do without the stage "${name}"`)
    },
  }
}
