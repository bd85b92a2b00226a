import { existsSync, realpathSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { HostError, UserError } from '../../lib/common/words/errors.ts'
import { sizeInWords } from '../../lib/card/drives/drive.ts'
import { driveAt } from '../../lib/card/drives/drives.ts'
import { findImage } from '../../lib/card/image-file/find-image.ts'
import { refusalOf } from '../../lib/card/drives/rules.ts'
import { openSource } from '../../lib/card/image-file/source.ts'
import { openTarget, TargetError, writable, writeAll } from '../../lib/card/flash/target.ts'
import { writePatches } from '../../lib/card/flash/write-patches.ts'
import { editSettings } from '../../lib/plan/settings/edit.ts'
import { whyNotInPlace } from '../../lib/card/personalize/in-place.ts'
import { SETTINGS, withSettings } from '../../lib/card/personalize/personalize.ts'
import { writeOver } from '../../lib/card/personalize/write-over.ts'
import type { SettingsData } from '../../lib/plan/settings/settings.ts'
import { mayOpen } from '../ask/may-open.ts'
import { findMtools } from '../ask/mtools.ts'
import { personalSettings, withPersonal } from '../ask/personal.ts'
import type { PersonalOptions } from '../ask/personal.ts'
import { orStopped, stoppable } from '../ask/stopping.ts'
import { typedAgain, typedAsRoot } from '../ask/typed-again.ts'

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

const say = (line: string): void => void process.stdout.write(`${line}\n`)

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
  const half = `${output}.${process.pid}.half`
  const file = await open(half, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`--output ${output}: it cannot be written (${error.code})`)
  })
  try {
    await withSettings(image, values, { mtools: await findMtools(), signal }, async (patches) => {
      const source = await openSource(image, patches)
      let end = 0
      for await (const { start, data } of source.pieces(signal)) {
        if (data.some((byte) => byte !== 0)) await writeAll(writable(file), data, start)
        end = Math.max(end, start + data.length)
      }
      await file.truncate(source.bytes ?? end)
      await file.sync()
    })
    await rename(half, output)
    say(`${output}: ${sizeInWords((await file.stat()).size)}, with these settings`)
  } catch (error) {
    await rm(half, { force: true })
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC')
      throw new HostError(
        `--output ${output}: the disk is full`,
        'make room there, then run the same command again',
      )
    if (error instanceof TargetError || syscall === 'fsync')
      throw new HostError(
        `--output ${output}: it could not be written (${code})`,
        'name a file on another disk: -o FILE',
      )
    throw error
  } finally {
    await file.close()
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
  if (there === 'file' && realpathSync(output) === realpathSync(image))
    throw new UserError(`--output ${output}: this is the image itself; name another file`)
}

/** The boot partition as the system has mounted it. */
async function inFolder(folder: string, values: SettingsData): Promise<void> {
  const path = join(folder, SETTINGS)
  const file = await open(path, 'r+').catch(({ code }: NodeJS.ErrnoException) => {
    if (code === 'ENOENT')
      throw new UserError(
        `${folder}: there is no ${SETTINGS} in it; is this the boot partition of a card? (for an image: -o FILE)`,
      )
    const mend =
      code === 'EROFS'
        ? 'slide the lock on the card or its adapter, and mount it again'
        : typedAsRoot()
    throw new HostError(`${path}: it cannot be written (${code})`, mend)
  })
  try {
    const edited = editSettings(await file.readFile('utf8'), values, path)
    await writeOver(path, file, Buffer.from(edited))
  } finally {
    await file.close()
  }
  say(
    `${path}: written; the card takes it when it is started the next time. Unmount it before you take it out`,
  )
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
  await withSettings(drive.path, values, { mtools: await findMtools(), signal }, (patches) =>
    writePatches(patches, drive, { question, open: openTarget, look, signal }),
  )
  say(`${disk}: written, and read back; the card takes it when it is started the next time`)
}
