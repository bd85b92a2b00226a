import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fetchOrKept } from '../../lib/engine/fetch/kept.ts'
import type { Fetched } from '../../lib/engine/fetch/kept.ts'
import type { SmallOptions } from '../../lib/engine/fetch/small.ts'
import { bytesContent } from '../stand-in/content.ts'
import { failure, setUp } from './download-fixtures.ts'
import { temporaryFolder } from './fixtures.ts'

/** A server with a signature, a folder for what is kept, and how often the server was asked. */
async function setUpSignature() {
  const { server, options, lines } = await setUp()
  const folder = temporaryFolder()
  const put = (text: string): void => server.put('/image.sig', bytesContent(Buffer.from(text)))
  put('first')
  const url = `${server.url}/image.sig`
  const path = join(folder, 'image.signature')
  const get = (more: Partial<SmallOptions> = {}): Promise<Fetched> =>
    fetchOrKept(url, { ...options, limit: 1000, path, ...more })
  return {
    server,
    folder,
    lines,
    url,
    path,
    put,
    get,
    text: async (more = {}) => (await get(more)).bytes.toString(),
  }
}

test('a small file that has proven right is there without its server, and is renewed when that is', async () => {
  const { server, folder, lines, path, put, get, text } = await setUpSignature()
  ;(await get()).keep()
  put('second')
  expect(await text({ offline: true })).toBe('first')
  expect(server.asked).toHaveLength(1)
  server.next('/image.sig', { status: 503, times: 6 })
  expect(await text()).toBe('first')
  expect(lines.at(-1)).toMatch(
    /image\.sig: the server answers 503 \(6 times in a row\); what was kept of it is used$/,
  )
  ;(await get()).keep()
  expect(await text({ offline: true })).toBe('second')
  expect(readdirSync(folder)).toEqual([path.slice(folder.length + 1)])
})

test('a small file that has not proven right is not kept, and does not take the place of one that has', async () => {
  const { put, folder, get, text } = await setUpSignature()
  await get()
  expect(readdirSync(folder)).toEqual([])
  ;(await get()).keep()
  put('of somebody else')
  expect(await text()).toBe('of somebody else')
  expect(await text({ offline: true })).toBe('first')
})

test('without a small file that was kept, offline and a server that is away are errors as ever', async () => {
  const { server, url, path, get, text } = await setUpSignature()
  expect((await failure(get({ offline: true }))).message).toMatch(
    /DOWNBEAT_OFFLINE forbids to fetch it/,
  )
  server.next('/image.sig', { status: 503, times: 6 })
  expect((await failure(get())).kind).toBe('HostError')
  // What the server does say is not passed over: another address is asked for than the one that was
  // kept.
  writeFileSync(path, 'kept')
  server.next('/image.sig', { status: 404 })
  expect((await failure(get())).message).toBe(
    `${url}: there is nothing there (the server answers 404); see whether that address is still right`,
  )
  expect(await text({ offline: true })).toBe('kept')
})
