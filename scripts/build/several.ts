import { availableParallelism } from 'node:os'
import { typedWord } from '../../lib/common/quote.ts'
import { Failure, Interrupted, messageOf, systemError } from '../../lib/common/words/errors.ts'
import type { Made, Shared } from '../../lib/engine/run/make.ts'
import type { AnyStage } from '../../lib/engine/run/stage.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { choicesFile, typed } from '../session/choices.ts'
import type { ChoiceOptions, How } from '../session/choices.ts'
import { say, sayBeside, sayJson } from '../session/print.ts'
import { inSession, root, shown, stagesBefore } from '../session/session.ts'
import type { Session } from '../session/session.ts'
import { tell } from '../session/tell.ts'
import { atOnce, FOR_BOOT, FOR_IMAGE } from './at-once.ts'
import { finish } from './finish.ts'
import type { Goal } from './goal.ts'
import { releaseReport } from './release-report.ts'
import { labels } from './labels.ts'
import { lookFirst } from './look-first.ts'
import { planned } from './planned.ts'
import type { Planned } from './planned.ts'
import { annotated } from '../session/on-github.ts'
import { sideBySide } from '../../lib/common/side-by-side.ts'
import { outcomeTable } from './table.ts'
import type { Outcome } from './table.ts'
import { tellUnanswered } from './unanswered.ts'

interface Options extends ChoiceOptions {
  only: string[]
  failFast?: true
  boot?: true
  releaseUrl?: string
  quiet?: true
  json?: true
}

/** How a run of several images ended, beside what became of each. */
interface Ended {
  outcomes: Outcome[]
  /** what each that failed failed of */
  errors: unknown[]
}

/**
 * Builds all images that these words ask for: what they share once, some side by side. Each is put
 * into its folder as soon as it is there. What fails stops no other one, unless `failFast`. A table
 * tells in the end what became of each. Throws UserError, before anything is made, with all that is
 * wrong in any of the choices.
 */
export async function buildSeveral(
  words: readonly string[],
  options: Options,
  how: How,
  goal: Goal,
): Promise<void> {
  const started = performance.now()
  const asked = words.length === 0 ? [choicesFile(undefined, options.directory)] : words
  const images = await planned(asked, options, how, goal)
  for (const said of new Set(images.flatMap(({ plan }) => plan.unanswered_base ?? [])))
    tellUnanswered(said)
  const needs =
    options.boot === true || stagesBefore(...goal.last).has('boot') ? FOR_BOOT : FOR_IMAGE
  const machine = { cores: availableParallelism(), memory: process.availableMemory() }
  const workers = Math.min(images.length, atOnce(machine, needs))
  if (goal.run.quiet !== true) sayBeside(`- ${images.length} images, ${workers} at a time`)
  const run = await inSession('several', goal.run, (session) =>
    makeAll(images, workers, session, options, goal),
  )
  await run.end()
  const { outcomes, errors } = run.result
  if (options.json === true) sayJson(outcomes)
  else tellOutcomes(images, outcomes, (performance.now() - started) / 1000, words, options)
  if (
    outcomes.some((one) => one.result === 'stopped' || one.result === 'not begun') &&
    errors.length === 0
  )
    throw new Interrupted('stopped')
  const codes = new Set(errors.map((error) => (error instanceof Failure ? error.exitCode : 70)))
  // of several reasons none is that of all
  if (codes.size > 0) process.exitCode = codes.size === 1 ? [...codes][0]! : 1
}

/** Makes the images, so many at once, in their order. */
async function makeAll(
  images: readonly Planned[],
  workers: number,
  session: Session,
  options: Options,
  goal: Goal,
): Promise<Ended> {
  const shared: Shared = { made: new Map(), damaged: new Map() }
  const label = labels(
    images.map(({ plan }) => plan),
    goal.known,
  )
  const errors: unknown[] = []
  const outcomes = images.map(({ name, source }): Outcome => ({
    name,
    choices: source,
    result: 'not begun',
  }))
  let done = 0
  const make = (plan: Plan, stages: readonly AnyStage[]): Promise<Map<string, Made>> =>
    session.make(plan, stages, {
      shared,
      evidence: `${session.logFile.replace(/\.log$/, '')}-${plan.name}`,
      report: (event) => session.reporter.event({ ...event, stage: label(plan, event.stage) }),
    })
  const one = async ({ plan }: Planned, outcome: Outcome): Promise<void> => {
    const started = performance.now()
    try {
      const made = await make(plan, goal.stages)
      if (goal.complete)
        outcome.image = finish(
          plan,
          { made, cache: session.cache },
          goal.known,
          options.releaseUrl,
        ).image
      if (goal.releases && outcome.image !== undefined) await releaseReport(outcome.image)
      const cached = goal.last.every(({ name }) => made.get(name)?.cached !== false)
      outcome.result = cached ? 'cached' : 'made'
    } catch (thrown) {
      const error = systemError(thrown)
      outcome.result = error instanceof Interrupted ? 'stopped' : 'failed'
      if (outcome.result === 'failed') {
        outcome.why = messageOf(error).split('\n')[0]!
        // what a shared stage failed of is told once
        const told = errors.includes(error)
        errors.push(error)
        if (!told)
          for (const line of [
            `✖ ${plan.name}:`,
            ...tell(error, root).map((said) => `  ${said}`),
            ...(await annotated(error, root)),
          ])
            session.reporter.say(line)
        if (options.failFast === true) session.stop()
      }
    }
    outcome.seconds = (performance.now() - started) / 1000
    done += 1
    if (goal.run.quiet !== true && outcome.image !== undefined)
      session.reporter.say(`✔ ${shown(outcome.image)} (${done} of ${images.length})`)
  }
  if (goal.run.first)
    await lookFirst(
      images.map(({ plan }) => plan),
      goal.run.first,
      session.cache,
      workers,
      make,
    )
  await sideBySide(
    images.map((image, i) => [image, outcomes[i]!] as const),
    workers,
    ([image, outcome]) => one(image, outcome),
    () => session.signal.aborted,
  )
  return { outcomes, errors }
}

function tellOutcomes(
  images: readonly Planned[],
  outcomes: readonly Outcome[],
  all_s: number,
  words: readonly string[],
  options: Options,
): void {
  say(...outcomeTable(outcomes, all_s))
  const notes = new Map<string, string[]>()
  for (const { name, plan } of images)
    for (const warning of plan.warnings) notes.set(warning, [...(notes.get(warning) ?? []), name])
  for (const [warning, names] of notes)
    say(`note: ${warning} (${names.length === images.length ? 'all of them' : names.join(', ')})`)
  const failed = outcomes.filter(({ result }) => result === 'failed')
  const files = words.map((word) => ` ${typedWord(word)}`).join('')
  const only = failed.map(({ name }) => ` --only ${name}`).join('')
  if (failed.length > 0)
    say(`those that failed: ./downbeat build${files}${only}${typed(undefined, options)}`)
}
