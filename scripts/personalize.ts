import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { HostError, Interrupted, UserError } from '../lib/errors.ts'
import { sizeInWords } from '../lib/flash/drive.ts'
import { driveAt } from '../lib/flash/drives.ts'
import { findImage } from '../lib/flash/find-image.ts'
import { openSource } from '../lib/flash/source.ts'
import type { Patch } from '../lib/flash/source.ts'
import { editSettings } from '../lib/personalize/edit-settings.ts'
import { SETTINGS, withSettings } from '../lib/personalize/personalize.ts'
import type { SettingsData } from '../lib/settings.ts'
import { findMtools } from './personal/mtools.ts'
import { personalSettings, withPersonal } from './personal/options.ts'
import type { PersonalOptions } from './personal/options.ts'

interface Options extends PersonalOptions {
  output?: string
}

export function personalizeCommand(): Command {
  return withPersonal(new Command('personalize'))
    .description('tell an image, or a card that is in use, its name, its user, its Wi-Fi and the like')
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
  if (values === undefined) throw new UserError('nothing to set: ./downbeat help personalize lists what there is')
  const stop = new AbortController()
  const abort = (): void => stop.abort()
  process.on('SIGINT', abort).on('SIGTERM', abort)
  try {
    if (options.output !== undefined) await copy(findImage(image), options.output, values, stop.signal)
    else if (await isFolder(image)) await inFolder(image, values)
    else await onCard(image, values, stop.signal)
  } catch (error) {
    if (stop.signal.aborted)
      throw new Interrupted('stopped', options.output === undefined ? 'the card is as it was' : 'nothing was written')
    throw error
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort)
  }
}

const isFolder = async (path: string): Promise<boolean> =>
  await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

/** Whole or not at all; only its owner reads it, for the hash of a password may be in it. */
async function copy(image: string, output: string, values: SettingsData, signal: AbortSignal): Promise<void> {
  const half = `${output}.${process.pid}.half`
  const file = await open(half, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`--output ${output}: it cannot be written (${error.code})`)
  })
  try {
    await withSettings(image, values, { mtools: await findMtools(), signal }, async (patches) => {
      const source = await openSource(image, patches)
      let end = 0
      for await (const { start, data } of source.pieces(signal)) {
        if (data.some((byte) => byte !== 0)) await file.write(data, 0, data.length, start)
        end = Math.max(end, start + data.length)
      }
      await file.truncate(source.bytes ?? end)
      await file.sync()
    })
    await rename(half, output)
    say(`${output}: ${sizeInWords((await file.stat()).size)}, with these settings`)
  } catch (error) {
    await rm(half, { force: true })
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw new HostError(`--output ${output}: the disk is full`, 'make room there, then run the same command again')
    throw error
  } finally {
    await file.close()
  }
}

/** The boot partition as the system has mounted it. */
async function inFolder(folder: string, values: SettingsData): Promise<void> {
  const path = join(folder, SETTINGS)
  const file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new UserError(`${folder}: there is no ${SETTINGS} in it; is this the boot partition of a card? (for an image: -o)`)
    throw new HostError(`${path}: it cannot be written (${error.code})`, `sudo ./downbeat personalize ${folder} …`)
  })
  try {
    const edited = editSettings(await file.readFile('utf8'), values, path)
    await file.truncate(0)
    await file.write(edited, 0, 'utf8')
    await file.sync()
  } finally {
    await file.close()
  }
  say(`${path}: written; the card takes it when it is started the next time. Unmount it before you take it out`)
}

/** A card that nobody has mounted: only the blocks that differ are written. */
async function onCard(disk: string, values: SettingsData, signal: AbortSignal): Promise<void> {
  const drive = await driveAt(disk)
  const [mount] = drive.mounts
  if (mount) throw new UserError(`${disk}: it is mounted; name that folder instead: ./downbeat personalize ${mount.at} …`)
  const file = await open(drive.path, 'r+').catch((error: NodeJS.ErrnoException) => {
    throw new HostError(`${disk}: it cannot be written (${error.code})`, `sudo ./downbeat personalize ${disk} …`)
  })
  try {
    await withSettings(drive.path, values, { mtools: await findMtools(), signal }, async (patches: Patch[]) => {
      for (const { start, path } of patches) {
        const data = await readFile(path)
        await file.write(data, 0, data.length, start)
      }
      await file.sync()
    })
  } finally {
    await file.close()
  }
  say(`${disk}: written; the card takes it when it is started the next time`)
}
