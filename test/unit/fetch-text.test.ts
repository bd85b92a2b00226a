import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { fetchBytes, fetchText } from '../../lib/engine/fetch/small.ts'
import type { SmallOptions } from '../../lib/engine/fetch/small.ts'
import { bytesContent } from '../stand-in/content.ts'
import type { Step } from '../stand-in/script.ts'
import { failure, left, setUp } from './download-fixtures.ts'
import { temporaryFolder, until } from './fixtures.ts'

const list = '{"os_list":["Käse ♪"]}\n'
const bytes = Buffer.from(list)

/** A server with a list, and with the faults that it has. */
async function setUpList(...steps: Step[]) {
  const { server, options, folder, pauses } = await setUp()
  server.put('/list.json', bytesContent(bytes))
  server.next('/list.json', ...steps)
  const url = `${server.url}/list.json`
  const small: SmallOptions = { ...options, limit: 1000 }
  return {
    server,
    folder,
    pauses,
    url,
    small,
    get: (more: Partial<SmallOptions> = {}) => fetchText(url, { ...small, ...more }),
  }
}

test('a small file is given as text, fetched anew each time and kept nowhere', async () => {
  const { server, folder, get } = await setUpList()
  expect(await get()).toBe(list)
  server.put('/list.json', bytesContent(Buffer.from('{}')))
  expect(await get()).toBe('{}')
  expect(left(folder)).toEqual([])
})

test('a small file that is larger than it may be is refused, and not a byte earlier', async () => {
  const { url, get, pauses } = await setUpList()
  expect(await get({ limit: bytes.length })).toBe(list)
  expect(await failure(get({ limit: bytes.length - 1 }))).toEqual({
    kind: 'UserError',
    message: `${url}: has more than ${bytes.length - 1} bytes; such a file is never so large; check the address`,
  })
  expect(pauses).toEqual([])
})

test('a small file is asked for again like a large one, always from its beginning', async () => {
  const { server, get, pauses } = await setUpList(
    { drop_after: 5 },
    { status: 503, headers: { 'retry-after': '9' } },
  )
  expect(await get()).toBe(list)
  expect(pauses).toEqual([1000, 9000])
  expect(server.asked.map(({ range, status }) => [range, status])).toEqual([
    [undefined, 200],
    [undefined, 503],
    [undefined, 200],
  ])
})

test('a small file that is not there is not asked for again', async () => {
  const { server, url, get } = await setUpList({ status: 404 })
  expect((await failure(get())).message).toBe(
    `${url}: there is nothing there (the server answers 404); see whether that address is still right`,
  )
  expect(server.asked).toHaveLength(1)
})

test('a small file that is no text is an error, but can be had as bytes', async () => {
  const { server, small } = await setUpList()
  const odd = Buffer.of(0x89, 0x01, 0xff)
  server.put('/signature', bytesContent(odd))
  const url = `${server.url}/signature`
  expect((await failure(fetchText(url, small))).message).toBe(`${url}: is no text in UTF-8`)
  expect(await fetchBytes(url, small)).toEqual(odd)
})

test('offline a small file is an error that says what to do, unless it is on this machine', async () => {
  const { server, url, small, get } = await setUpList()
  expect(await failure(get({ offline: true }))).toEqual({
    kind: 'UserError',
    message: `${url}: is not in the cache, and DOWNBEAT_OFFLINE forbids to fetch it; run the same command once without DOWNBEAT_OFFLINE`,
  })
  expect(server.asked).toEqual([])
  const here = join(temporaryFolder(), 'list.json')
  const { href } = pathToFileURL(here)
  const options = { ...small, offline: true }
  expect((await failure(fetchText(href, options))).message).toBe(`${href}: there is no such file`)
  writeFileSync(here, list)
  expect(await fetchText(href, options)).toBe(list)
  expect(
    await get({
      offline: true,
      mirrors: [{ from: server.url, to: href.replace('/list.json', '') }],
    }),
  ).toBe(list)
  expect((await failure(fetchText(href, { ...options, limit: 3 }))).message).toContain(
    'has more than 3 bytes',
  )
})

test('a small file that is on its way is given up when the build is stopped', async () => {
  const { server, get } = await setUpList({ stall_after: 5 })
  const stop = new AbortController()
  const stopped = failure(get({ signal: stop.signal }))
  await until(() => server.asked[0]?.sent === 5)
  stop.abort()
  expect(await stopped).toEqual({ kind: 'Interrupted', message: 'stopped' })
})
