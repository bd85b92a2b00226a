import { existsSync } from 'node:fs'
import { access, constants, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { HostError, UserError } from '../../lib/common/words/errors.ts'
import { sizeInWords } from '../../lib/card/drives/drive.ts'
import { driveAt } from '../../lib/card/drives/drives.ts'
import { identityOf } from '../../lib/card/drives/identity.ts'
import { whatIsInUse } from '../../lib/card/drives/in-use.ts'
import { findImage } from '../../lib/card/image-file/find-image.ts'
import { refusalOf } from '../../lib/card/drives/rules.ts'
import { openSource } from '../../lib/card/image-file/source.ts'
import { openTarget, TargetError, writable, writeAll } from '../../lib/card/flash/target.ts'
import { writePatches } from '../../lib/card/flash/write-patches.ts'
import { editSettings } from '../../lib/plan/settings/edit.ts'
import { whyNotInPlace } from '../../lib/card/personalize/in-place.ts'
import { NEXT, prepareSettings, SETTINGS } from '../../lib/card/personalize/personalize.ts'
import { removeHalves, writeWhole } from '../../lib/card/personalize/whole-file.ts'
import { writeBeside } from '../../lib/card/personalize/write-beside.ts'
import type { SettingsData } from '../../lib/plan/settings/settings.ts'
import { mayOpen } from '../ask/may-open.ts'
import { findMtools } from '../ask/mtools.ts'
import { personalSettings, withPersonal } from '../ask/personal.ts'
import type { PersonalOptions } from '../ask/personal.ts'
import { say } from '../session/print.ts'
import { orStopped, stoppable } from '../ask/stopping.ts'
import { typedAgain, typedAsRoot } from '../ask/typed-again.ts'

/** Of the 255 bytes of a name Linux has (NAME_MAX), without `.<process>.half`. */
const LONGEST = 240

interface Options extends PersonalOptions {
  output?: string
}

export function personalizeCommand(): Command {
  return withPersonal(new Command('personalize'))
    .argument(
      '<image>',
      'a folder of out/images/ or an image file; without --output a card: its disk, or the folder where its boot partition is mounted',
    )
    .option('-o, --output <file>', 'write a copy of the image, with these settings')
    .addHelpText(
      'after',
      `
Examples:
  ./downbeat personalize out/images/downbeat -o synth.img --hostname synth --ssh-key ~/.ssh/id_ed25519.pub --wifi home
  ./downbeat personalize /media/$USER/bootfs --set-on-card jack.period=64`,
    )
    .action(run)
}

async function run(image: string, options: Options): Promise<void> {
  const values = await personalSettings(options)
  if (values === undefined)
    throw new UserError('nothing to set: ./downbeat help personalize lists what there is')
  const { output } = options
  const folder = output === undefined && (await kindAt(image)) === 'folder'
  await stoppable((signal) => {
    if (folder) return inFolder(image, values) // a moment only: a signal waits for its end
    return orStopped(signal, () =>
      output === undefined
        ? onCard(image, values, signal)
        : copy(findImage(image), output, values, signal),
    )
  })
}

const kindAt = async (path: string): Promise<'folder' | 'file' | 'other' | undefined> =>
  await stat(path).then(
    (found) => (found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other'),
    () => undefined,
  )

/** Whole or not at all; only its owner reads it, for the hash of a password may be in it. */
async function copy(
  image: string,
  output: string,
  values: SettingsData,
  signal: AbortSignal,
): Promise<void> {
  await mayReplace(output, image)
  for (const left of await removeHalves(output).catch(() => []))
    say(`${left}: removed; a run that was killed had left it`)
  let bytes = 0
  try {
    const tools = { mtools: await findMtools(), signal }
    const { patches } = await prepareSettings(image, values, tools)
    await writeWhole(output, async (file) => {
      const source = await openSource(image)
      for await (const { start, data } of source.pieces(signal)) {
        if (data.some((byte) => byte !== 0)) await writeAll(writable(file), data, start)
        bytes = Math.max(bytes, start + data.length)
      }
      bytes = source.bytes ?? bytes
      await file.truncate(bytes)
      // what is secret comes last
      for (const { start, data } of patches) await writeAll(writable(file), data, start)
    })
    say(`${output}: ${sizeInWords(bytes)}, with these settings`)
  } catch (error) {
    const { code, syscall, path } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC')
      throw new HostError(
        `--output ${output}: the disk is full`,
        'make room there, then run the same command again',
      )
    if (error instanceof TargetError || syscall === 'fsync' || path?.startsWith(output) === true)
      throw new HostError(
        `--output ${output}: it could not be written (${code})`,
        'name a file on another disk: -o FILE',
      )
    throw error
  }
}

/** UserError for what is there under the name of the copy and must not be lost. */
async function mayReplace(output: string, image: string): Promise<void> {
  const there = await kindAt(output)
  if (there === 'folder')
    throw new UserError(
      `--output ${output}: that is no file; name one in it: -o ${join(output, 'NAME.img')}`,
    )
  if (there === 'other')
    throw new UserError(
      `--output ${output}: that is no file; to write a card: ./downbeat flash ${image} ${output}, with the same settings`,
    )
  const bytes = Buffer.byteLength(basename(output))
  if (bytes > LONGEST)
    throw new UserError(
      `--output ${output}: this name has ${bytes} bytes; take one with at most ${LONGEST}`,
    )
  const folder = dirname(resolve(output))
  await access(folder, constants.W_OK).catch(({ code }: NodeJS.ErrnoException) => {
    throw new UserError(`--output ${output}: it cannot be written (${code})`)
  })
  if (there !== 'file') return
  const itself = identityOf(output) // under whatever name
  if (itself === identityOf(image))
    throw new UserError(`--output ${output}: this is the image itself; name another file`)
  const holder = whatIsInUse().get(itself!)?.[0]
  if (holder) throw new UserError(`--output ${output}: it is in use (${holder.by}): ${holder.mend}`)
}

/** Bytes of a file of settings, at most: a card reads no larger one. */
const LARGEST = 2 ** 20

/** The boot partition as the system has mounted it. */
async function inFolder(folder: string, values: SettingsData): Promise<void> {
  const path = join(folder, SETTINGS)
  const next = join(folder, NEXT)
  // a run that was killed may have left it under its other name
  const there = existsSync(path) || !existsSync(next) ? path : next
  const found = await stat(there).catch(() => undefined)
  if (found && (!found.isFile() || found.size > LARGEST))
    throw new UserError(
      `${there}: this is no file of settings${found.isFile() ? `: it has ${found.size} bytes` : ''}; take it away, or put one there`,
    )
  const old = await readFile(there, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new UserError(
        `${folder}: there is no ${SETTINGS} in it; is this the boot partition of a card? (for an image: -o FILE)`,
      )
    throw unwritable(path, error)
  })
  await writeBeside(path, next, Buffer.from(editSettings(old, values, path))).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === undefined ? error : unwritable(path, error)
    },
  )
  say(
    `${path}: written; the card takes it when it is started the next time. Unmount it before you take it out`,
  )
}

/** What the system's word for it means. */
function unwritable(path: string, { code }: NodeJS.ErrnoException): HostError {
  const mend =
    code === 'ENOSPC'
      ? 'make room there, then run the same command again'
      : code === 'EROFS'
        ? 'slide the lock on the card or its adapter, and mount it again'
        : code === 'EACCES' || code === 'EPERM'
          ? typedAsRoot()
          : 'see whether the card is still there'
  return new HostError(`${path}: it cannot be written (${code}), and is as it was`, mend)
}

/**
 * A card that nobody has mounted, or a file in its place: only the blocks that differ are written.
 */
async function onCard(disk: string, values: SettingsData, signal: AbortSignal): Promise<void> {
  const drive = await driveAt(disk)
  const why = drive.kind === 'file' ? whyNotInPlace(drive.path) : undefined
  if (why !== undefined)
    throw new UserError(
      `${disk}: ${why}, and stays as it is; for an image: ${typedAgain()} -o FILE`,
    )
  const boot = drive.mounts.find(({ at }) => existsSync(join(at, SETTINGS)))
  if (boot) {
    const words = process.argv.slice(2).map((word) => (word === disk ? boot.at : word))
    throw new UserError(`${disk}: it is mounted; name that folder instead: ${typedAgain(words)}`)
  }
  const question = { large: true }
  const refusal = refusalOf(drive, question)
  if (refusal !== undefined) throw new UserError(`${disk}: ${refusal}`)
  mayOpen(drive)
  const look = (): ReturnType<typeof driveAt> => driveAt(drive.path)
  const tools = { mtools: await findMtools(), signal }
  const { steps } = await prepareSettings(drive.path, values, tools)
  await writePatches(steps, drive, { question, open: openTarget, look, signal })
  say(`${disk}: written, and read back; the card takes it when it is started the next time`)
}
