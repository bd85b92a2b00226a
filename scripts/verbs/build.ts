import { statSync } from 'node:fs'
import { Command } from 'commander'
import { kernelInWords } from '../../lib/plan/kernel-taken.ts'
import { ownInWords } from '../session/own-words.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { emulatedCard } from '../../lib/plan/cards.ts'
import { periodsWaited } from '../../lib/plan/choices/jack.ts'
import { finish } from '../build/finish.ts'
import { releaseReport } from '../build/release-report.ts'
import { goalOf } from '../build/goal.ts'
import { buildSeveral } from '../build/several.ts'
import { tellUnanswered } from '../build/unanswered.ts'
import { manifestSuffix, servedAt } from '../publish/imager.ts'
import type { BuildRecord } from '../publish/publish.ts'
import { say, sayJson } from '../session/print.ts'
import { seconds } from '../session/report.ts'
import { chosenPlan, typed, withChoices } from '../session/choices.ts'
import type { ChoiceOptions } from '../session/choices.ts'
import { runStages, shown } from '../session/session.ts'
import { asksForSeveral } from '../session/wanted.ts'

interface Options extends ChoiceOptions {
  only: string[]
  failFast?: true
  until?: string
  fresh?: true | string
  verifyCache?: true
  boot?: true
  release?: true
  releaseUrl?: string
  plainEmulation?: true
  remote: boolean
  verbose?: true
  quiet?: true
  json?: true
}

const collect = (value: string, before: string[]): string[] => [...before, value]

export function buildCommand(): Command {
  return withChoices(new Command('build'))
    .argument(
      '[choices...]',
      'the file of choices; several files, a folder of them, or a matrix: an image for each',
    )
    .option(
      '--only <name>',
      'of several images, the one of this name; may be repeated',
      collect,
      [],
    )
    .option('--fail-fast', 'of several images, stop all as soon as one fails')
    .option('--boot', 'boot the image in the emulator and listen to it, too')
    .option(
      '--release',
      'pack it too, with what others need: sums, block map, a manifest for Raspberry Pi Imager',
    )
    .option(
      '--release-url <address>',
      'the same, for files that will be served below this address',
      (address) => servedAt('--release-url', address),
    )
    .option('--until <stage>', 'stop after this stage')
    .option('--fresh [stage]', 'make this stage (or all) anew, whatever is in the cache')
    .option(
      '--verify-cache',
      'read every byte of what is taken from the cache; make what is damaged anew (--release does so, too)',
    )
    .option(
      '--no-remote',
      'make everything here, whatever DOWNBEAT_REMOTE_CACHE says (docs/remote-cache.md)',
    )
    .option('--plain-emulation', 'bootstrap the root without native twins: slow, for comparison')
    .option('-v, --verbose', 'show what the commands print')
    .option('-q, --quiet', 'show results and errors only')
    .option(
      '--json',
      'print build.json instead of the summary; of several images what became of each',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  ./downbeat build variants/pi4b-usb.yaml --set jack.period=64\n  ./downbeat build variants/ --boot\n  ./downbeat build matrix.yaml --only pi4b-usb',
    )
    .action((words: string[], options: Options) => build(words, options))
}

async function build(words: string[], options: Options): Promise<void> {
  const goal = goalOf(options)
  const how = {
    plainEmulation: options.plainEmulation === true,
    keptOutLater: goal.looks,
  }
  if (options.only.length > 0 || (await asksForSeveral(words, options))) {
    await buildSeveral(words, options, how, goal)
    return
  }
  const [file] = words
  const plan = await chosenPlan(file, options, how)
  if (plan.unanswered_base !== undefined) tellUnanswered(plan.unanswered_base)
  goal.check(plan)
  const run = await runStages(plan, goal.stages, goal.run)
  if (!goal.complete) {
    await run.end()
    run.reporter.say(
      `stopped after ${options.until}: ${shown(run.made.get(options.until!)!.folder)}`,
    )
    return
  }
  const { record, image } = finish(plan, run, goal.known, options.releaseUrl)
  if (goal.releases) await releaseReport(image)
  await run.end()
  if (options.json === true) {
    sayJson(record)
    return
  }
  summarize(plan, record, image, file, options)
}

function summarize(
  plan: Plan,
  record: BuildRecord,
  image: string,
  file: string | undefined,
  options: Options,
): void {
  const { jack } = plan.configure.view
  const { size, blocks } = statSync(image)
  const device = plan.tunings
    .flatMap(({ proofs }) => proofs)
    .filter(({ on }) => on === 'device' || (on === 'card' && !emulatedCard(plan))).length
  say(shown(image))
  say(
    `  ${(size / 1e6).toFixed(0)} MB on the card, ${((blocks * 512) / 1e6).toFixed(0)} MB of it written; sha256 ${record.files[`${plan.name}.img`]!.sha256}`,
  )
  for (const line of kernelInWords(record.kernel)) say(`  ${line}`)
  say(`  for ${plan.boards.map(({ name }) => name).join(', ')}`)
  say(
    `  ${jack.server} on ${plan.soundcard.name}: ${jack.period} frames x ${periodsWaited(jack)} at ${jack.rate} Hz = ${jack.latency_ms} ms`,
  )
  const notBooted =
    options.boot === true ? 'no emulator can boot it' : 'not booted yet: ./downbeat build --boot'
  const booted = record.boots
    .map(({ machine, seconds: s }) => `${machine} in ${seconds(s)}`)
    .join(', ')
  say(
    `  ${record.proofs.filter(({ passed }) => passed).length} proofs passed${booted === '' ? `; ${notBooted}` : `; booted on ${booted}`}${device > 0 ? `; ${device} can be tried on a real Raspberry Pi only` : ''}`,
  )
  const packed = Object.entries(record.files).filter(([name]) => /\.(xz|zst)$/.test(name))
  say(
    packed.length === 0
      ? '  not packed for release: ./downbeat build --release'
      : `  packed: ${packed.map(([name, { bytes }]) => `${name} (${(bytes / 1e6).toFixed(0)} MB)`).join(', ')}; Raspberry Pi Imager opens ${plan.name}${manifestSuffix}`,
  )
  for (const line of ownInWords(plan)) say(`  ${line}`)
  for (const warning of plan.warnings) say(`  note: ${warning}`)
  say(`repeat it: ./downbeat build${typed(file, options)}`)
}
