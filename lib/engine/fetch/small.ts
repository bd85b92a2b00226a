import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Network } from './download.ts'
import { addressOf } from './address.ts'
import { defaultPatience, persist } from './patience.ts'
import { notOffline, refused, tooLong, unreadable } from './refusals.ts'
import { request } from './request.ts'
import { UserError } from '../../common/words/errors.ts'

/**
 * How a small file is fetched; one of more than `limit` bytes is an error, before it is in memory.
 */
export interface SmallOptions extends Network {
  limit: number
}

/**
 * The bytes of a small file, such as a signature or a key, fetched anew each time. Errors as
 * download has them.
 */
export async function fetchBytes(url: string, options: SmallOptions): Promise<Buffer> {
  const { limit, signal, onLine } = options
  const source = addressOf(url, options.mirrors)
  if (source.url.protocol === 'file:') {
    try {
      const path = fileURLToPath(source.url)
      if (statSync(path).size <= limit) return readFileSync(path)
    } catch (error) {
      throw unreadable(source, error)
    }
    throw tooLong(source, limit)
  }
  if (options.offline) throw notOffline(source)
  const patience = { ...defaultPatience, ...options.patience }
  return persist(
    async () => {
      const reply = await request(source, {}, { proxies: options.proxies, patience, signal })
      try {
        if (reply.status !== 200) throw refused(reply, source.name)
        const chunks: Buffer[] = []
        let bytes = 0
        for await (const chunk of reply.body) {
          bytes += chunk.length
          if (bytes > limit) throw tooLong(source, limit)
          chunks.push(chunk)
        }
        return Buffer.concat(chunks)
      } finally {
        reply.close()
      }
    },
    { name: source.name, patience, signal, onLine },
  )
}

/** The same, as text in UTF-8. */
export async function fetchText(url: string, options: SmallOptions): Promise<string> {
  const bytes = await fetchBytes(url, options)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UserError(`${addressOf(url, options.mirrors).name}: is no text in UTF-8`)
  }
}
