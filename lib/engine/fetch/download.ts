import { createHash } from 'node:crypto'
import { createReadStream, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Interrupted, UserError } from '../../common/words/errors.ts'
import { lock } from '../../common/files/lock.ts'
import { addressOf } from './address.ts'
import type { Address } from './address.ts'
import type { Mirror } from './mirrors.ts'
import { createMeter, megabytes } from '../../common/words/meter.ts'
import type { Progress } from '../../common/words/meter.ts'
import { continues, originOf, rangeAfter } from './origin.ts'
import { openPart } from './part.ts'
import type { Part } from './part.ts'
import { defaultPatience, Lost, persist } from './patience.ts'
import type { Patience } from './patience.ts'
import { notOffline, otherBytes, refused, tooLong, unreadable } from './refusals.ts'
import { request } from './request.ts'

/** A file of the network, http, https or file: only bytes with this sha256 are ever given out. */
export interface Wanted {
  url: string
  sha256: string
}

/** How the network is reached. */
export interface Network {
  /** the longest `from` that fits is replaced */
  mirrors: readonly Mirror[]
  /** true: nothing but file:// is asked for anything */
  offline: boolean
  /** what the environment says of http_proxy, https_proxy and no_proxy, in lower or upper case */
  proxies: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
  /** a line for the log: what failed and is tried again */
  onLine?: (line: string) => void
  patience?: Partial<Patience>
}

export interface DownloadOptions extends Network {
  /**
   * where files are kept, named by their sha256; beside them what is unfinished (.part, .part.json)
   * and `locks/`
   */
  folder: string
  /** bytes that it has at most; without it as many as come */
  bytes?: number
  /** at most twice a second */
  onProgress?: (progress: Progress) => void
  /** another process fetches the same file, and is waited for */
  onWait?: () => void
}

/**
 * Returns the path of a file with these bytes. The file was kept from before, or it is fetched now.
 * A fetch that was stopped or killed earlier goes on where it ended. A kept file is hashed each
 * time; if it has changed, it is fetched again. A file:// address is not copied: its own path is
 * returned. UserError: the file does not exist or has other bytes. HostError: the network or a disk
 * fails. Interrupted: `signal` has stopped it.
 */
export async function download({ url, sha256 }: Wanted, options: DownloadOptions): Promise<string> {
  const source = addressOf(url, options.mirrors)
  const wanted = sha256.toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(wanted))
    throw new UserError(`${source.name}: "${sha256}" is no sha256 (64 hexadecimal digits)`)
  try {
    if (source.url.protocol === 'file:') return await local(source, wanted, options.signal)
    const kept = join(options.folder, wanted)
    if (existsSync(kept) && (await hashOf(kept, options.signal)) === wanted) return kept
    const held = await lock(join(options.folder, 'locks', wanted), {
      signal: options.signal,
      ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
    })
    try {
      options.signal.throwIfAborted()
      if (existsSync(kept)) {
        // another process has put it there meanwhile
        if ((await hashOf(kept, options.signal)) === wanted) return kept
        options.onLine?.(`${source.name}: what was kept of it has changed, and is fetched anew`)
        rmSync(kept)
      }
      await complete(source, wanted, kept, options)
      return kept
    } finally {
      held?.release()
    }
  } catch (error) {
    if (options.signal.aborted) throw new Interrupted('stopped')
    throw error
  }
}

/**
 * Fetches the missing part of a file, and gives the file its name. There are four steps:
 * 1. Open what an earlier run left (part.ts).
 * 2. Ask for the rest (fetchRest, origin.ts).
 * 3. If the network fails, pause and ask again (patience.ts).
 * 4. Compare the whole file with the hash.
 */
async function complete(
  source: Address,
  wanted: string,
  kept: string,
  options: DownloadOptions,
): Promise<void> {
  const { signal, onLine } = options
  const patience = { ...defaultPatience, ...options.patience }
  const part = await openPart(kept, signal)
  const all = (): Promise<void> =>
    persist(
      async () => {
        if (part.sha256() !== wanted) await fetchRest(part, source, patience, options)
      },
      { name: source.name, patience, signal, onLine, reached: () => part.bytes },
    )
  try {
    if (options.offline && part.sha256() !== wanted)
      throw notOffline(source, `, or put the file at ${kept}`)
    if (rangeAfter(part.bytes, part.origin, source))
      onLine?.(`${source.name}: going on after ${megabytes(part.bytes)}`)
    await all()
    if (part.sha256() !== wanted && part.pieces > 1) {
      onLine?.(`${source.name}: its pieces do not fit together; fetching it from the beginning`)
      await part.clear()
      await all()
    }
    const got = part.sha256()
    if (got !== wanted) {
      await part.clear()
      throw otherBytes(source, wanted, got)
    }
    await part.finish()
  } finally {
    await part.close()
  }
}

/**
 * One connection: from where the part ends, if the server agrees that it is of the same file; else
 * from the beginning.
 */
async function fetchRest(
  part: Part,
  source: Address,
  patience: Patience,
  options: DownloadOptions,
): Promise<void> {
  const range = rangeAfter(part.bytes, part.origin, source)
  const reply = await request(source, range ?? {}, {
    proxies: options.proxies,
    patience,
    signal: options.signal,
  })
  try {
    if (reply.status === 200) await part.begin(originOf(source, reply))
    else if (reply.status === 206 && range && continues(reply, part.bytes, part.origin!))
      part.goOn()
    else if (reply.status === 206 || (reply.status === 416 && range)) {
      await part.clear()
      throw new Lost('the server gives another part than was asked for')
    } else throw refused(reply, source.name)
    const length = part.origin?.length
    part.makeSure((length ?? 0) - part.bytes)
    const tell = createMeter(part.bytes, options.onProgress ?? (() => undefined))
    for await (const chunk of reply.body) {
      if (options.bytes !== undefined && part.bytes + chunk.length > options.bytes)
        throw tooLong(source, options.bytes)
      await part.append(chunk)
      tell(part.bytes, length)
    }
    if (part.bytes < (length ?? 0)) throw new Lost('the server gives less than was asked for')
  } finally {
    reply.close()
  }
}

async function local(source: Address, wanted: string, signal: AbortSignal): Promise<string> {
  const path = fileURLToPath(source.url)
  const got = await hashOf(path, signal).catch((error: unknown) => {
    throw unreadable(source, error)
  })
  if (got !== wanted) throw otherBytes(source, wanted, got)
  return path
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal }))
    hash.update(chunk as Buffer)
  return hash.digest('hex')
}
