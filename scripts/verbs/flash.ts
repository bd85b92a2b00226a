import { execFile } from 'node:child_process'
import { createInterface } from 'node:readline/promises'
import { promisify } from 'node:util'
import { Command } from 'commander'
import { progressInWords } from '../../lib/common/words/meter.ts'
import { Interrupted, UserError } from '../../lib/common/words/errors.ts'
import { visible } from '../../lib/common/words/visible.ts'
import type { Drive } from '../../lib/card/drives/drive.ts'
import { fingerprint, sizeInWords } from '../../lib/card/drives/drive.ts'
import { originOf } from '../../lib/card/drives/identity.ts'
import { driveAt, listDrives } from '../../lib/card/drives/drives.ts'
import { findImage } from '../../lib/card/image-file/find-image.ts'
import { flash } from '../../lib/card/flash/flash.ts'
import type { Question } from '../../lib/card/drives/rules.ts'
import { refusalOf } from '../../lib/card/drives/rules.ts'
import { openSource } from '../../lib/card/image-file/source.ts'
import type { Source } from '../../lib/card/image-file/source.ts'
import { allowed, decisions, driveLine, listed } from '../../lib/card/drives/table.ts'
import { openTarget } from '../../lib/card/flash/target.ts'
import { prepareSettings } from '../../lib/card/personalize/personalize.ts'
import { say } from '../session/print.ts'
import { createStatusLine, seconds } from '../session/report.ts'
import { mayOpen } from '../ask/may-open.ts'
import { findMtools } from '../ask/mtools.ts'
import { checkPersonal, personalSettings, withPersonal } from '../ask/personal.ts'
import type { PersonalOptions } from '../ask/personal.ts'
import { canMove } from '../session/session.ts'
import { orStopped, stoppable } from '../ask/stopping.ts'
import { typedAgain } from '../ask/typed-again.ts'

interface Options extends PersonalOptions {
  yes?: true
  dryRun?: true
  large?: true
  eject: boolean
}

export function flashCommand(): Command {
  return withPersonal(new Command('flash'))
    .argument('<image>', 'a folder of out/images/, or an .img, .img.xz or .img.zst file')
    .argument(
      '[disk]',
      'the whole disk, such as /dev/sdX, or a file that is there; left out: list the disks',
    )
    .option('-y, --yes', 'do not ask; only with the disk named')
    .option('--dry-run', 'show what every rule says, and write nothing')
    .option('--large', 'allow a disk of more than 256 GiB')
    .option('--no-eject', 'leave the card in when it is done')
    .addHelpText('after', '\nExample:\n  ./downbeat flash out/images/downbeat /dev/sdX')
    .action(run)
}

async function run(image: string, disk: string | undefined, options: Options): Promise<void> {
  checkPersonal(options)
  const source = await openSource(findImage(image))
  const from = [source.path, source.map].flatMap((path) =>
    path === undefined ? [] : originOf(path),
  )
  const question: Question = { bytes: source.bytes, large: options.large === true, from }
  if (disk === undefined) return list(question, options)
  const drive = await driveAt(disk)
  say(`${source.path}: ${inventory(source)}`)
  say(`${drive.path}: ${driveLine(drive)}`)
  if (options.dryRun === true) for (const line of decisions(drive, question)) say(line)
  const refusal = refusalOf(drive, question)
  if (refusal !== undefined) throw new UserError(`${disk}: ${refusal}`)
  if (options.dryRun === true) return say('it would be written to; nothing was')
  mayOpen(drive)
  await stoppable((signal) =>
    orStopped(signal, async () => {
      if (options.yes !== true) await confirm(drive, signal)
      const personal = await personalSettings(options)
      if (personal === undefined) return await write(source, drive, question, signal)
      const tools = { mtools: await findMtools(), signal }
      const { patches } = await prepareSettings(source.path, personal, tools)
      await write(await openSource(source.path, patches), drive, question, signal)
    }),
  )
  if (drive.kind === 'disk' && options.eject) await eject(drive)
}

const inventory = ({ bytes, mapped, map }: Source): string =>
  [
    bytes === undefined ? 'its size is not known before it is unpacked' : sizeInWords(bytes),
    map === undefined
      ? 'all of it is written, there is no block map'
      : `${sizeInWords(mapped!)} of it are written, as ${map} says`,
  ].join('; ')

async function list(question: Question, options: Options): Promise<void> {
  if (options.yes === true)
    throw new UserError('--yes: name the disk that is to be written to, too')
  const drives = await listDrives()
  for (const line of listed(drives, question)) say(line)
  if (options.dryRun === true) return
  const [first] = allowed(drives, question)
  throw new UserError(
    first === undefined
      ? 'there is no disk here that may be written to: put a card in, and run the same command again'
      : `which disk? ${typedAgain([...process.argv.slice(2), first.path])}`,
  )
}

async function confirm(drive: Drive, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY)
    throw new UserError('there is no terminal to ask at; --yes writes without asking')
  const wanted = visible(fingerprint(drive))
  // not a terminal to readline: Ctrl-C is to come as a signal, here as everywhere
  const prompt = createInterface({ input: process.stdin, output: process.stdout, terminal: false })
  try {
    const closed = new Promise<string>((done) => prompt.once('close', () => done('')))
    say(`Everything on it will be lost. To go on, type: ${wanted}`)
    const asked = prompt.question('> ', { signal })
    const said = await Promise.race([asked, closed]).catch(() => '')
    if (signal.aborted) throw new Interrupted('stopped', 'nothing was written')
    if (said.trim().replaceAll(/\s+/g, ' ') !== wanted)
      throw new UserError(`that is not "${wanted}": nothing was written`)
  } finally {
    prompt.close()
  }
}

async function write(
  source: Source,
  drive: Drive,
  question: Question,
  signal: AbortSignal,
): Promise<void> {
  const status = createStatusLine({ terminal: canMove(), out: process.stderr })
  try {
    const { bytes, write_s, verify_s } = await flash(source, drive, {
      question,
      signal,
      open: openTarget,
      look: () => driveAt(drive.path),
      onProgress: (phase, progress) => status.show(`${phase}: ${progressInWords(progress)}`),
    })
    status.end()
    const rate = (s: number): string => `${(bytes / 1e6 / Math.max(s, 0.001)).toFixed(1)} MB/s`
    say(
      `✔ ${drive.path}: ${sizeInWords(bytes)} written in ${seconds(write_s)} (${rate(write_s)}), read back and the same in ${seconds(verify_s)} (${rate(verify_s)})`,
    )
  } finally {
    status.end()
  }
}

async function eject({ path }: Drive): Promise<void> {
  const done = await promisify(execFile)('eject', [path], { timeout: 20_000 }).then(
    () => true,
    () => false, // not installed, or a reader that cannot: everything is on the card anyway
  )
  say(done ? 'it is ejected: take it out' : 'take it out')
}
