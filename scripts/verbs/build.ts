import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Cache, Entry } from '../../lib/engine/cache/cache.ts'
import { UserError } from '../../lib/common/words/errors.ts'
import { manifestSuffix, servedAt } from '../publish/imager.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import { kernelInWords } from '../../lib/plan/kernel-taken.ts'
import type { KernelTaken } from '../../lib/plan/kernel-taken.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { emulatedCard } from '../../lib/plan/cards.ts'
import { periodsWaited } from '../../lib/plan/choices/jack.ts'
import type { ProofResult } from '../../lib/plan/proofs/proof.ts'
import { publish, stageRecord } from '../publish/publish.ts'
import type { BuildRecord } from '../publish/publish.ts'
import { releaseBeside, releaseOf } from '../publish/release.ts'
import { say, sayBeside, sayJson } from '../session/print.ts'
import { seconds } from '../session/report.ts'
import { boot } from '../../stages/boot.ts'
import { kernel } from '../../stages/kernel.ts'
import { jack } from '../../stages/jack.ts'
import { image } from '../../stages/image.ts'
import { packages } from '../../stages/packages.ts'
import { release } from '../../stages/release.ts'
import { rootfs } from '../../stages/rootfs.ts'
import { sound } from '../../stages/sound.ts'
import { verify } from '../../stages/verify.ts'
import { chosenPlan, typed, withChoices } from '../session/choices.ts'
import type { ChoiceOptions } from '../session/choices.ts'
import { out, runStages, shown, stagesBefore } from '../session/session.ts'
import type { Run } from '../session/session.ts'

interface Options extends ChoiceOptions {
  until?: string
  fresh?: true | string
  verifyCache?: true
  boot?: true
  release?: true
  releaseUrl?: string
  plainEmulation?: true
  verbose?: true
  quiet?: true
  json?: true
}

export function buildCommand(): Command {
  return withChoices(new Command('build'))
    .argument('[choices]', 'the file of choices')
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
    .option('--plain-emulation', 'bootstrap the root without native twins: slow, for comparison')
    .option('-v, --verbose', 'show what the commands print')
    .option('-q, --quiet', 'show results and errors only')
    .option('--json', 'print build.json instead of the summary')
    .addHelpText(
      'after',
      '\nExample:\n  ./downbeat build variants/pi4b-usb.yaml --set jack.period=64',
    )
    .action((file: string | undefined, options: Options) => build(file, options))
}

async function build(file: string | undefined, options: Options): Promise<void> {
  const known = stagesBefore(packages, boot, sound, release)
  // what comes before the root does not look at packages, and leaves that to the plan
  const until = known.get(options.until ?? '')
  const looks = until === undefined || stagesBefore(until).has(rootfs.name) || until === packages
  const plan = await chosenPlan(file, options, {
    plainEmulation: options.plainEmulation === true,
    keptOutLater: looks,
  })
  if (plan.unanswered_base !== undefined) tellUnanswered(plan.unanswered_base)
  for (const name of [
    options.until,
    typeof options.fresh === 'string' ? options.fresh : undefined,
  ]) {
    if (name === undefined) continue
    if (!known.has(name))
      throw new UserError(`there is no stage "${name}"${didYouMean(name, [...known.keys()])}`)
    if (known.get(name)!.given(plan) === undefined)
      throw new UserError(`these choices do without the stage "${name}"`)
  }
  const wanted =
    options.until === undefined
      ? options.boot === true
        ? [boot, sound]
        : [verify]
      : [known.get(options.until)!]
  const all = stagesBefore(...wanted)
  const releasing = options.release === true || options.releaseUrl !== undefined
  if (releasing && !all.has('verify'))
    throw new UserError(
      `--release: only a complete build can be released; leave out --until ${options.until}`,
    )
  const run = await runStages(
    plan,
    all.has('image') ? [image, jack, ...wanted, ...(releasing ? [release] : [])] : wanted,
    {
      verbose: options.verbose === true,
      quiet: options.quiet === true || options.json === true,
      verify: options.verifyCache === true || releasing,
      ...(looks ? { first: { stage: packages, unless: rootfs } } : {}),
      ...(options.fresh === undefined
        ? {}
        : { fresh: options.fresh === true ? 'all' : options.fresh }),
    },
  )
  if (options.until !== undefined && !all.has('verify')) {
    await run.end()
    run.reporter.say(
      `stopped after ${options.until}: ${shown(run.made.get(options.until)!.folder)}`,
    )
    return
  }
  const folder = join(out, 'images', plan.name)
  const record = recordOf(plan, run, known)
  const entry = entryOf(run.cache, plan, 'image', known)
  if (!entry) throw new Error('a finished build has no image')
  const built = {
    image: run.cache.folder('image', entry.key),
    packages: run.made.get('jack')!.outputs['packages']!,
  }
  const packed = run.made.get('release')
  const lock = readFileSync(join(built.image, 'packages.lock'), 'utf8')
  const released =
    packed && releaseOf(plan, { image: entry, release: packed, lock }, folder, options.releaseUrl)
  Object.assign(
    record.files,
    released?.files ?? releaseBeside(folder, plan.name, record.files[`${plan.name}.img`]!.sha256),
  )
  const published = publish(folder, built, plan, record, released)
  await run.end()
  if (options.json === true) {
    sayJson(record)
    return
  }
  summarize(plan, record, published, file, options)
}

/** Before anything of it runs: what is printed in the end comes too late. */
function tellUnanswered(said: string): void {
  const root = process.getuid?.() === 0
  sayBeside(
    `! ${said}`,
    ...(root ? ['! root builds this. Build it as an ordinary user, who has less to lose'] : []),
  )
}

/** The entry of a stage for this plan, without looking at its files. */
function entryOf(
  cache: Cache,
  plan: Plan,
  name: string,
  known: ReturnType<typeof stagesBefore>,
): Entry | undefined {
  const stage = known.get(name)!
  if (stage.given(plan) === undefined) return undefined
  const path = join(cache.folder(name, keyOf(stage, plan)), 'entry.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Entry) : undefined
}

function recordOf(
  plan: Plan,
  { made, cache }: Run,
  known: ReturnType<typeof stagesBefore>,
): BuildRecord {
  const stages: BuildRecord['stages'] = {}
  const proofs: ProofResult[] = []
  const boots: BuildRecord['boots'] = []
  for (const name of known.keys()) {
    const entry = entryOf(cache, plan, name, known)
    if (!entry) continue
    stages[name] = stageRecord(entry, made.get(name)?.cached ?? true)
    const results = entry.outputs['results']
    if (results === undefined) continue
    const said = JSON.parse(
      readFileSync(join(cache.folder(name, entry.key), results.path), 'utf8'),
    ) as ProofResult[] | { results: ProofResult[]; boots: BuildRecord['boots'] }
    proofs.push(...(Array.isArray(said) ? said : said.results))
    if (!Array.isArray(said)) boots.push(...said.boots)
  }
  const { disk, packages } = entryOf(cache, plan, 'image', known)?.outputs ?? {}
  const files: BuildRecord['files'] = {}
  if (disk) files[`${plan.name}.img`] = { bytes: disk.bytes, sha256: disk.sha256 }
  if (packages) files['packages.lock'] = { bytes: packages.bytes, sha256: packages.sha256 }
  const kernel = takenKernel(plan, cache, known)
  return { name: plan.name, stages, files, proofs, boots, ...(kernel ? { kernel } : {}) }
}

/** The source that the kernel was compiled from, whenever that was. */
function takenKernel(
  plan: Plan,
  cache: Cache,
  known: ReturnType<typeof stagesBefore>,
): KernelTaken | undefined {
  const entry = entryOf(cache, plan, kernel.name, known)
  return entry === undefined
    ? undefined
    : (JSON.parse(
        readFileSync(join(cache.folder(kernel.name, entry.key), 'taken.json'), 'utf8'),
      ) as KernelTaken)
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
  for (const warning of plan.warnings) say(`  note: ${warning}`)
  say(`repeat it: ./downbeat build${typed(file, options)}`)
}
