import { basename, dirname, resolve as resolvePath } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'
import { mustBeFile } from '../../common/files/named.ts'
import { sha256 as sha256Of } from '../../common/files/sha256.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { UserError } from '../../common/words/errors.ts'
import { didYouMean } from '../../common/words/nearest.ts'
import { Sha256 } from '../schema/common.ts'

/**
 * A base as it is named in the choices, with nothing left open: a file of bases/, and the image to
 * take instead of the one in it.
 */
export interface FoundBase {
  id: string
  /**
   * the image is one of those that the base's own list names, which are signed like the one in its
   * file
   */
  listed?: true
  /** its sha256 is that of the file as it was found: nobody has named it */
  unpinned?: true
  image?: { url: string; sha256: string; unpacked_sha256?: string | undefined }
}

/** What the choices say of the base, and where. */
export interface BaseQuestion {
  /** an id of bases/, `<id>@latest`, the path of an image, or its address */
  base: string
  /** of an image at an address */
  sha256?: string | undefined
  /**
   * an id of bases/ whose settings are those for an image of one's own; otherwise told by its name
   */
  like?: string | undefined
  place: string
  /** the folder that a path starts from */
  folder: string
}

/** Fetches a small text; the address is of the public server, not of a mirror. */
export type FetchText = (url: string) => Promise<string>

/**
 * Settles which base is meant. Reads a list from the network for `@latest` only, and a file only to
 * know its sha256.
 */
export async function findBase(
  catalogue: Catalogue,
  question: BaseQuestion,
  fetchText: FetchText,
): Promise<FoundBase> {
  const { base, sha256, like, place, folder } = question
  const latest = /^([^/]+)@latest$/.exec(base)?.[1]
  if (sha256 !== undefined && !/^https?:/.test(base) && !isPath(base))
    throw new UserError(
      `${place} base: a sha256 goes with the path or the address of an image, not with ${base}`,
    )
  if (latest !== undefined) return newest(catalogue, latest, place, fetchText)
  if (/^https?:/.test(base)) {
    refuseSecrets(base, place)
    if (sha256 === undefined)
      throw new UserError(
        `${place} base: an image at an address needs its sha256, which its publisher names: --base-sha256 …`,
      )
    return {
      id: baseLike(catalogue, base, like, place),
      image: { url: base, sha256: checked(sha256, place) },
    }
  }
  if (!isPath(base)) return { id: base }
  const path = resolvePath(folder, /^file:/i.test(base) ? pathOf(base, place) : base)
  mustBeFile(path, (what) => new UserError(`${place} base: ${path}: ${what}`))
  const found = await sha256Of(path)
  if (sha256 !== undefined && checked(sha256, place) !== found)
    throw new UserError(
      `${place} base: ${path} has the sha256 ${found}, not ${sha256}: download it again`,
    )
  return {
    id: baseLike(catalogue, path, like, place),
    ...(sha256 === undefined ? { unpinned: true } : {}),
    image: { url: pathToFileURL(path).href, sha256: found },
  }
}

/** The plan, with the address, lies beside the image, and may be given to others with it. */
function refuseSecrets(address: string, place: string): void {
  const url = URL.parse(address)
  if (url !== null && url.username === '' && url.password === '') return
  throw new UserError(
    url === null
      ? `${place} base: is no address, such as https://example.org/raspios.img.xz`
      : `${place} base: the address has a name or a password in it, which plan.json would tell: download the image, and name the file`,
  )
}

/** Where a path that is named in a file of choices starts: the folder of the file. */
export const folderOf = (file: string): string => dirname(resolvePath(file))

const isPath = (base: string): boolean => base.includes('/') || /\.(img|zip)(\.\w+)?$/.test(base)

/** In an address a space is %20, and there is a host, which must be this one. */
function pathOf(address: string, place: string): string {
  try {
    return fileURLToPath(address)
  } catch {
    throw new UserError(
      `${place} base: ${address} is no address of a file, such as file:///home/me/raspios.img.xz; its path will do`,
    )
  }
}

function checked(sha256: string, place: string): string {
  const { error } = Sha256.safeParse(sha256)
  if (error)
    throw new UserError(`${place} base_sha256: ${error.issues[0]!.message}, got "${sha256}"`)
  return sha256
}

/** Raspberry Pi Imager's list, as far as it is read here. */
const Entry: z.ZodType<ListEntry> = z.object({
  name: z.string(),
  url: z.string().optional(),
  image_download_sha256: Sha256.optional(),
  extract_sha256: Sha256.optional(),
  get subitems() {
    return z.array(Entry).optional()
  },
})
interface ListEntry {
  name: string
  url?: string | undefined
  image_download_sha256?: string | undefined
  extract_sha256?: string | undefined
  subitems?: ListEntry[] | undefined
}
const List = z.object({ os_list: z.array(Entry) })

async function newest(
  catalogue: Catalogue,
  id: string,
  place: string,
  fetchText: FetchText,
): Promise<FoundBase> {
  const { value } = catalogue.entry('bases', id, `${place} base`)
  if (value.kind !== 'image' || !value.list)
    throw new UserError(
      `${place} base: ${id} has no list of newer ones: its packages are always the newest there are`,
    )
  const { list } = value
  let parsed: z.ZodSafeParseResult<z.output<typeof List>>
  try {
    parsed = List.safeParse(JSON.parse(await fetchText(list.url)))
  } catch (error) {
    // a text that is nested without an end exhausts the stack
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error
    throw new UserError(
      `${list.url} is no JSON: name the image itself (--base https://… --base-sha256 …)`,
    )
  }
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new UserError(
      `${list.url} ${path.join('.')}: ${message}: name the image itself (--base https://… --base-sha256 …)`,
    )
  }
  const images = flat(parsed.data.os_list).filter(({ url }) => url !== undefined)
  const found = images.find(({ name }) => name === list.entry)
  if (!found) {
    const names = images.map(({ name }) => name)
    throw new UserError(
      `${list.url} has no "${list.entry}" (bases/${id}.yaml list.entry)${didYouMean(list.entry, names)}`,
    )
  }
  const url = found.url!
  if (!/^https?:\/\/./.test(url))
    throw new UserError(`${list.url} "${list.entry}": ${url} is no address to fetch an image from`)
  const sha256 = found.image_download_sha256 ?? (await publishedBeside(url, fetchText))
  return { id, listed: true, image: { url, sha256, unpacked_sha256: found.extract_sha256 } }
}

/** The hash in the file that `sha256sum` has written beside an image. */
async function publishedBeside(url: string, fetchText: FetchText): Promise<string> {
  const sha256 = /^[0-9a-f]{64}\b/.exec(await fetchText(`${url}.sha256`))?.[0]
  if (sha256 === undefined) throw new UserError(`${url}.sha256 does not begin with a sha256`)
  return sha256
}

const flat = (list: readonly ListEntry[]): ListEntry[] =>
  list.flatMap((one) => [one, ...flat(one.subitems ?? [])])

/**
 * Whose settings an image of one's own gets: those of the base of the same release and
 * architecture, which its name tells.
 */
function baseLike(
  catalogue: Catalogue,
  image: string,
  like: string | undefined,
  place: string,
): string {
  const bases = catalogue.ids('bases').flatMap((id) => {
    const { value } = catalogue.entry('bases', id, `${place} base`)
    return value.kind === 'image' ? [{ id, ...value }] : []
  })
  const ids = bases.map(({ id }) => id)
  if (like !== undefined) {
    if (!ids.includes(like))
      throw new UserError(
        `${place} base_like: there is no image bases/${like}.yaml${didYouMean(like, ids)}`,
      )
    return like
  }
  const words = basename(image).split(/[-_.]/)
  const fitting = bases.filter(({ suite, arch }) => words.includes(suite) && words.includes(arch))
  if (fitting.length === 1) return fitting[0]!.id
  const known = bases.map(({ id, suite, arch }) => `${suite} and ${arch} for ${id}`)
  throw new UserError(
    `${place} base: the name ${basename(image)} does not tell which base it is like (${known.join(', ')}); say so: --set base_like=${ids[0]}`,
  )
}
