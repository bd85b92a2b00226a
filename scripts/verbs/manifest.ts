import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve as resolvePath } from 'node:path'
import { Command } from 'commander'
import { UserError } from '../../lib/common/words/errors.ts'
import { addressOf, joined, manifestSuffix, servedAt } from '../publish/imager.ts'
import { OsList } from '../../lib/plan/schema/os-list.ts'
import { say } from '../session/print.ts'
import { out, shown } from '../session/session.ts'

interface Options {
  url?: string
  output?: string
}

export function manifestCommand(): Command {
  return new Command('manifest')
    .argument('[folders...]', 'the folders of the images (all of out/images)')
    .option(
      '--url <address>',
      'the address below which the files will be served; otherwise they are read where they lie',
      (address) => servedAt('--url', address),
    )
    .option('-o, --output <file>', 'the list (os_list.json beside the folders)')
    .addHelpText('after', '\nExample:\n  ./downbeat manifest --url https://example.org/images/')
    .action(writeList)
}

function writeList(given: string[], options: Options): void {
  const images = join(out, 'images')
  const manifests =
    given.length === 0
      ? manifestsBelow(images)
      : given.map((folder) => manifestIn(resolvePath(folder)))
  const list = joined(
    manifests.map(({ folder, file }) => {
      const packed = file.slice(0, -manifestSuffix.length) + '.img.xz'
      const { imager, os_list } = read(join(folder, file))
      for (const entry of os_list) {
        const path = join(folder, packed)
        if (!existsSync(path) || statSync(path).size !== entry.image_download_size)
          throw new UserError(
            `${shown(join(folder, file))}: ${packed} beside it is not the file that it is about: ./downbeat build --release`,
          )
        entry.url = addressOf(options.url, folder, packed)
      }
      return { imager, os_list }
    }),
  )
  const names = list.os_list.map(({ name }) => name)
  const twice = names.find((name, i) => names[i + 1] === name)
  if (twice !== undefined)
    throw new UserError(
      `two images have the name ${twice}, and one address cannot be both (--set name=… names one)`,
    )
  const target = options.output ?? join(images, 'os_list.json')
  mkdirSync(dirname(resolvePath(target)), { recursive: true })
  const half = `${target}.${process.pid}.half`
  writeFileSync(half, `${JSON.stringify(list, null, 2)}\n`)
  renameSync(half, target)
  say(`${shown(target)}: ${names.join(', ')}`)
}

interface Found {
  folder: string
  file: string
}

const manifestOf = (folder: string): Found[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(manifestSuffix))
    .map((file) => ({ folder, file }))

/** Those of all images; one that was built but not released has none. */
function manifestsBelow(images: string): Found[] {
  const folders = existsSync(images)
    ? readdirSync(images, { withFileTypes: true }).filter((found) => found.isDirectory())
    : []
  const found = folders.flatMap(({ name }) => manifestOf(join(images, name)))
  if (found.length === 0)
    throw new UserError(
      `${shown(images)}: no image there is packed for release: ./downbeat build --release`,
    )
  return found
}

function manifestIn(folder: string): Found {
  if (!existsSync(folder)) throw new UserError(`${shown(folder)}: there is no such folder`)
  const [found] = manifestOf(folder)
  if (!found)
    throw new UserError(
      `${shown(folder)}: it has no *${manifestSuffix}: ./downbeat build --release makes one`,
    )
  return found
}

/** What a word that Imager does not know would cost is the whole entry, so it is not passed on. */
function read(file: string): OsList {
  const parsed = OsList.safeParse(parse(file))
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new UserError(
    `${shown(file)} ${path.join('.')}: ${message}: ./downbeat build --release makes it anew`,
  )
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new UserError(`${shown(file)}: it is no JSON: ./downbeat build --release makes it anew`)
  }
}
