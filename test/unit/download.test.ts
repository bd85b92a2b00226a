import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { download } from '../../lib/engine/fetch/download.ts'
import { createMeter } from '../../lib/common/words/meter.ts'
import type { Progress } from '../../lib/common/words/meter.ts'
import { userAgent } from '../../lib/engine/fetch/request.ts'
import { downloadMemory } from '../../scripts/bench/download-memory.ts'
import { bytesContent, sha256Of } from '../stand-in/content.ts'
import type { Step } from '../stand-in/script.ts'
import {
  content,
  expectKept,
  failure,
  hasCome,
  left,
  other,
  otherProcess,
  otherSha256,
  part,
  setUp,
  sha256,
  SILENCE,
  standIn,
  startOf,
} from './download-fixtures.ts'
import { repository, temporaryFolder, until, write } from './fixtures.ts'

// Each fault of a network, a server, a disk and a user, played by a server that is told to have it.
// Nothing here waits longer than it must: the pauses between tries are only written down.

const { length } = content
const bytesOf = (from: number, to: number): Buffer =>
  Buffer.concat([...(content.read(from, to) as Iterable<Buffer>)])

describe('a file', () => {
  test('is fetched whole, kept under its sha256, and asked for only once', async () => {
    const { server, folder, get } = await setUp()
    expectKept(await get(), folder)
    expectKept(await get(), folder)
    expect(server.asked).toMatchObject([
      { method: 'GET', path: '/image', status: 200, sent: length },
    ])
    expect(server.asked[0]!.range).toBeUndefined()
  })

  test('is fetched by the name of downbeat, from servers that refuse the default names of client libraries, too', async () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      version: string
    }
    expect(userAgent).toBe(`Mozilla/5.0 (compatible; downbeat/${version})`)
    const { options, folder } = await setUp()
    const server = await standIn({ script: { refuses_default_agents: true } })
    expectKept(await download({ url: `${server.url}/image`, sha256 }, options), folder)
    expect(server.asked[0]!.agent).toBe(userAgent)
    const plain = await fetch(`${server.url}/image`)
    expect(plain.status).toBe(403)
  })

  test('comes with the bytes that were published, though a server calls them compressed', async () => {
    const { server, folder, get } = await setUp({ headers: { 'content-encoding': 'gzip' } })
    expectKept(await get(), folder)
    expect(server.asked).toHaveLength(1)
  })

  test('of no bytes at all is a file', async () => {
    const { server, options, folder } = await setUp()
    server.put('/empty', bytesContent(Buffer.alloc(0)))
    const none = createHash('sha256').digest('hex')
    expectKept(await download({ url: `${server.url}/empty`, sha256: none }, options), folder, none)
  })

  test('that was kept and has changed since is fetched anew', async () => {
    const { server, folder, lines, url, get } = await setUp()
    const kept = await get()
    chmodSync(kept, 0o644)
    writeFileSync(kept, 'something else')
    expectKept(await get(), folder)
    expect(server.asked).toHaveLength(2)
    expect(lines).toEqual([`${url}: what was kept of it has changed, and is fetched anew`])
  })

  test('is found through redirects, but not through an endless row of them', async () => {
    const { server, url, folder, get } = await setUp(
      { redirect: '/step' },
      { redirect: '/image', times: 12 },
    )
    server.next('/step', { redirect: '/elsewhere', status: 301 })
    server.put('/elsewhere', content)
    expectKept(await get(), folder)
    expect(server.asked.map(({ path }) => path)).toEqual(['/image', '/step', '/elsewhere'])
    expect(await failure(get({ folder: temporaryFolder() }))).toEqual({
      kind: 'UserError',
      message: `${url}: redirects again and again, without an end`,
    })
  })

  test('is not looked for where a redirect leads out of the network', async () => {
    const { url, get } = await setUp({ redirect: 'ftp://example.com/image' })
    expect((await failure(get())).message).toBe(
      `${url}: redirects to an address that cannot be fetched (Unsupported protocol: ftp:)`,
    )
  })

  test('is known by 64 hexadecimal digits, whatever their case', async () => {
    const { folder, url, get } = await setUp()
    expectKept(await get({}, sha256.toUpperCase()), folder)
    expect(await failure(get({}, '../../etc/passwd'))).toEqual({
      kind: 'UserError',
      message: `${url}: "../../etc/passwd" is no sha256 (64 hexadecimal digits)`,
    })
  })
})

describe('a connection that drops', () => {
  test('is taken up again where it dropped, if the file is still the same', async () => {
    const { server, folder, pauses, get, ranges } = await setUp({ drop_after: 2_000_000 })
    expectKept(await get(), folder)
    expect(ranges()).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)])
    const start = startOf(ranges()[1])
    expect(start).toBeGreaterThan(0)
    expect(start).toBeLessThanOrEqual(2_000_000)
    expect(server.asked[1]).toMatchObject({
      status: 206,
      if_range: content.etag,
      sent: length - start,
    })
    expect(pauses).toEqual([1000])
  })

  test('any number of times is borne with, while each brings something', async () => {
    const { folder, pauses, get, ranges } = await setUp({ drop_after: 300_000, times: 9 })
    expectKept(await get(), folder)
    const starts = ranges().slice(1).map(startOf)
    expect(starts).toHaveLength(9)
    expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b))
    expect(pauses).toEqual(Array.from({ length: 9 }, () => 1000))
  })

  test('and brings nothing is tried again with longer and longer pauses, and then given up in one sentence', async () => {
    const { server, folder, url, lines, pauses, get } = await setUp({ drop_after: 0, times: 6 })
    expect(await failure(get())).toEqual({
      kind: 'HostError',
      message: `${url}: the connection ended half-way (6 times in a row)`,
      mend: 'see whether the network is there (http_proxy, https_proxy and no_proxy are heeded), then run the same command again',
    })
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000])
    expect(lines).toHaveLength(5)
    expect(lines[2]).toBe(`${url}: the connection ended half-way; trying again in 4 s`)
    expect(server.asked).toHaveLength(6)
    expectKept(await get(), folder)
  })

  test('from a server that knows no ranges begins anew', async () => {
    const { server, folder, get, ranges } = await setUp(
      { drop_after: 2_000_000 },
      { ignore_ranges: true },
    )
    expectKept(await get(), folder)
    expect(startOf(ranges()[1])).toBeGreaterThan(0)
    expect(server.asked[1]).toMatchObject({ status: 200, sent: length })
  })

  test('from a server that always breaks off at the same place is given up', async () => {
    const { url, get } = await setUp({ drop_after: 2_000_000, ignore_ranges: true, times: 50 })
    const { kind, message } = await failure(get())
    expect(kind).toBe('HostError')
    expect(message.slice(url.length)).toMatch(
      /^: the connection ended half-way, after [12]\.\d MB \(\d+ times in a row\)$/,
    )
  })

  test('while the file is replaced on the server begins anew with the other file', async () => {
    const { server, folder, get, ranges } = await setUp(
      { drop_after: 2_000_000 },
      { becomes: '/other' },
    )
    expectKept(await get({}, otherSha256), folder, otherSha256)
    expect(startOf(ranges()[1])).toBeGreaterThan(0)
    expect(server.asked[1]).toMatchObject({ if_range: content.etag, status: 200, sent: length })
  })

  const lies: [what: string, headers: Record<string, string | null>][] = [
    ['begins elsewhere', { 'content-range': `bytes 999999-${length - 1}/${length}` }],
    [
      'is of a file of another length',
      { 'content-range': `bytes 1000000-${length}/${length + 1}` },
    ],
    ['does not say what it is', { 'content-range': null }],
    ['is of another file', { etag: '"another"' }],
    ['does not say which file it is of', { etag: null }],
  ]
  test.each(lies)('is not gone on with by a part that %s', async (_, headers) => {
    const { server, folder, url, lines, get, ranges } = await setUp({ headers })
    writeFileSync(part(folder), bytesOf(0, 1_000_000))
    writeFileSync(`${part(folder)}.json`, JSON.stringify({ url, etag: content.etag, length }))
    expectKept(await get(), folder)
    expect(ranges()).toEqual(['bytes=1000000-', undefined])
    expect(server.asked.map(({ status }) => status)).toEqual([206, 200])
    expect(lines).toEqual([
      `${url}: going on after 1.0 MB`,
      `${url}: the server gives another part than was asked for; trying again in 1 s`,
    ])
  })

  test('is taken up again by the date of a file that has no strong name, and from the beginning where it has neither', async () => {
    const weak = { headers: { etag: 'W/"weak"' } }
    const dated = await setUp({ ...weak, drop_after: 2_000_000 }, weak)
    expectKept(await dated.get(), dated.folder)
    expect(dated.server.asked[1]).toMatchObject({
      if_range: content.modified.toUTCString(),
      status: 206,
    })
    const nothing = { headers: { etag: null, 'last-modified': null } }
    const nameless = await setUp({ ...nothing, drop_after: 2_000_000 }, nothing)
    expectKept(await nameless.get(), nameless.folder)
    expect(nameless.ranges()).toEqual([undefined, undefined])
  })

  test('and finds nothing more there begins anew', async () => {
    const { server, folder, get, ranges } = await setUp({ drop_after: 2_000_000 }, { status: 416 })
    expectKept(await get(), folder)
    expect(ranges()).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/), undefined])
    expect(server.asked.map(({ status }) => status)).toEqual([200, 416, 200])
  })

  test('though all has come, because the server had promised more, is no hindrance', async () => {
    const { folder, get } = await setUp({ claims_length: length + 1000 })
    expectKept(await get(), folder)
  })

  test('from a server that always promises more than it gives is given up', async () => {
    const { server, url, get } = await setUp({
      claims_length: length + 1000,
      ignore_ranges: true,
      times: 50,
    })
    server.put('/image', other)
    const { kind, message } = await failure(get())
    expect(kind).toBe('HostError')
    expect(message.slice(url.length)).toMatch(
      /^: the connection ended half-way, after [23]\.\d MB \(\d+ times in a row\)$/,
    )
  })
})

describe('a server that falls silent', () => {
  test('half-way is left, and asked again for the rest', async () => {
    const { folder, url, lines, get, passes, ranges } = await setUp({ stall_after: 1_000_000 })
    const [kept] = await Promise.all([get(), passes(SILENCE, () => hasCome(folder, 1_000_000))])
    expectKept(kept, folder)
    expect(ranges()).toEqual([undefined, 'bytes=1000000-'])
    expect(lines).toEqual([`${url}: nothing has come for 600 s, after 1.0 MB; trying again in 1 s`])
  })

  test('before it answers is left, and asked again', async () => {
    const { server, folder, url, lines, get, passes } = await setUp({ stall_after: -1 })
    const [kept] = await Promise.all([get(), passes(SILENCE, () => server.asked.length === 1)])
    expectKept(kept, folder)
    expect(server.asked).toHaveLength(2)
    expect(lines).toEqual([`${url}: nothing has come for 600 s; trying again in 1 s`])
  })

  test('is not confused with one that is slow', async () => {
    const { server, folder, options, passes } = await setUp()
    const whole = bytesContent(Buffer.alloc(3000, 7))
    const hash = await sha256Of(whole)
    const slow = async function* (from: number, to: number): AsyncGenerator<Buffer> {
      for (let at = from; at < to; at += 1000) {
        await passes(SILENCE - 1, () => hasCome(folder, at, hash))
        yield Buffer.alloc(1000, 7)
      }
    }
    server.put('/slow', { ...whole, read: slow })
    expectKept(await download({ url: `${server.url}/slow`, sha256: hash }, options), folder, hash)
    expect(server.asked).toHaveLength(1)
  })
})

describe('wrong bytes', () => {
  const said = (url: string, got: string) => ({
    kind: 'UserError',
    message:
      `${url}: has other bytes than it should have\n  expected sha256 ${sha256}\n  got sha256      ${got}\n` +
      '  the server may have a new file, or your network sent a page of its own instead',
  })

  test('are one error that names the address and both hashes, and leave nothing behind', async () => {
    const { server, folder, url, pauses, get } = await setUp({ becomes: '/other' })
    expect(await failure(get())).toEqual(said(url, otherSha256))
    expect(left(folder)).toEqual([])
    expect(server.asked).toHaveLength(1)
    expect(pauses).toEqual([])
  })

  test('in a file that came too short are the same error', async () => {
    const { server, folder, url, get } = await setUp({ claims_length: 1_000_000 })
    expect(await failure(get())).toEqual(
      said(url, createHash('sha256').update(bytesOf(0, 1_000_000)).digest('hex')),
    )
    expect(left(folder)).toEqual([])
    expect(server.asked).toHaveLength(1)
  })

  test('in a file of several pieces are a reason to fetch it once more from the beginning', async () => {
    const { server, folder, url, lines, get, ranges } = await setUp(
      { drop_after: 2_000_000 },
      { wrong_bytes: true },
    )
    expectKept(await get(), folder)
    expect(ranges()).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/), undefined])
    expect(server.asked[2]).toMatchObject({ status: 200, sent: length })
    expect(lines.at(-1)).toBe(
      `${url}: its pieces do not fit together; fetching it from the beginning`,
    )
  })

  test('are found in what an earlier run left, too', async () => {
    const { folder, get, ranges } = await setUp({ drop_after: 2_000_000 })
    await failure(get({ patience: { pauses: [] } }))
    const bytes = readFileSync(part(folder))
    bytes[1000]! ^= 1
    writeFileSync(part(folder), bytes)
    expectKept(await get(), folder)
    expect(ranges()).toEqual([undefined, `bytes=${bytes.length}-`, undefined])
  })

  test('that come once more are one error, and leave nothing behind', async () => {
    const { server, folder, url, get } = await setUp(
      { drop_after: 2_000_000 },
      { wrong_bytes: true },
      { becomes: '/other' },
    )
    expect(await failure(get())).toEqual(said(url, otherSha256))
    expect(left(folder)).toEqual([])
    expect(server.asked).toHaveLength(3)
  })
})

describe('a server that answers', () => {
  test.each([408, 425, 429, 500, 502, 503, 504])(
    '%d is asked again after a pause',
    async (status) => {
      const { server, folder, url, lines, pauses, get } = await setUp({ status, times: 3 })
      expectKept(await get(), folder)
      expect(pauses).toEqual([1000, 2000, 4000])
      expect(lines[0]).toBe(`${url}: the server answers ${status}; trying again in 1 s`)
      expect(server.asked).toHaveLength(4)
    },
  )

  test('503 with Retry-After is asked again when it says, within a minute', async () => {
    const after = (value: string): Step => ({ status: 503, headers: { 'retry-after': value } })
    const { folder, pauses, get } = await setUp(
      after('7'),
      after('0'),
      after('86400'),
      after('Fri, 31 Dec 2100 23:59:59 GMT'),
      after('Fri, 31 Dec 1999 23:59:59 GMT'),
    )
    expectKept(await get(), folder)
    expect(pauses).toEqual([7000, 2000, 60_000, 60_000, 16_000])
  })

  test('503 again and again is given up in one sentence', async () => {
    const { folder, url, get } = await setUp({ status: 503, times: 6 })
    expect((await failure(get())).message).toBe(`${url}: the server answers 503 (6 times in a row)`)
    expectKept(await get(), folder)
  })

  const final: [status: number, said: string][] = [
    [
      404,
      'there is nothing there (the server answers 404); see whether that address is still right',
    ],
    [
      410,
      'there is nothing there (the server answers 410); see whether that address is still right',
    ],
    [401, 'the server does not give it away (it answers 401); see whether that address is right'],
    [403, 'the server does not give it away (it answers 403); see whether that address is right'],
    [400, 'the server answers 400; downbeat cannot use this answer'],
    [304, 'the server answers 304; downbeat cannot use this answer'],
    [204, 'the server answers 204; downbeat cannot use this answer'],
  ]
  test.each(final)('%d is not asked again', async (status, said) => {
    const { server, folder, url, pauses, get } = await setUp({ status })
    expect(await failure(get())).toEqual({ kind: 'UserError', message: `${url}: ${said}` })
    expect(pauses).toEqual([])
    expect(server.asked).toHaveLength(1)
    expect(left(folder)).toEqual([])
  })

  test('nothing, because it is not there, is asked again and then given up in one sentence', async () => {
    const { server, url, pauses, get } = await setUp()
    await server.close()
    const { kind, message } = await failure(get())
    expect({ kind, message }).toEqual({
      kind: 'HostError',
      message: `${url}: the connection failed (connect ECONNREFUSED ${new URL(url).host}) (6 times in a row)`,
    })
    expect(pauses).toHaveLength(5)
  })
})

describe('a run that is stopped', () => {
  test('while bytes come keeps what has come, and the next one goes on there', async () => {
    const { folder, lines, url, get, ranges } = await setUp({ stall_after: 1_000_000 })
    const stop = new AbortController()
    const stopped = failure(get({ signal: stop.signal }))
    await until(() => hasCome(folder, 1_000_000))
    stop.abort()
    expect(await stopped).toEqual({ kind: 'Interrupted', message: 'stopped' })
    expect(left(folder)).toEqual([`${sha256}.part`, `${sha256}.part.json`])
    expectKept(await get(), folder)
    expect(ranges()).toEqual([undefined, 'bytes=1000000-'])
    expect(lines).toEqual([`${url}: going on after 1.0 MB`])
  })

  test('before the server has answered, or between two tries, ends at once', async () => {
    const { server, options, get } = await setUp({ stall_after: -1 }, { status: 503 })
    for (const at of ['answer', 'pause']) {
      const stop = new AbortController()
      const patience = { ...options.patience, sleep: () => Promise.resolve(stop.abort()) }
      const stopped = failure(get({ signal: stop.signal, patience }))
      if (at === 'answer') {
        await until(() => server.asked.length === 1)
        stop.abort()
      }
      expect(await stopped).toEqual({ kind: 'Interrupted', message: 'stopped' })
    }
  })

  test('before it has begun asks for nothing', async () => {
    const { server, get } = await setUp()
    expect(await failure(get({ signal: AbortSignal.abort() }))).toEqual({
      kind: 'Interrupted',
      message: 'stopped',
    })
    expect(server.asked).toEqual([])
  })

  test('leaves a half-written note that the next one does not trip over', async () => {
    const { folder, get, ranges } = await setUp()
    write(folder, {
      [`${sha256}.part`]: 'something',
      [`${sha256}.part.json`]: '{"url":"http://127.',
    })
    expectKept(await get(), folder)
    expect(ranges()).toEqual([undefined])
  })

  test('leaves a part that is whole, which the next one need not ask for', async () => {
    const { server, folder, get } = await setUp()
    writeFileSync(part(folder), bytesOf(0, length))
    expectKept(await get({ offline: true }), folder)
    expect(server.asked).toEqual([])
  })

  test('leaves a part that is of another address, which is fetched from the beginning', async () => {
    const { folder, server, get, lines, ranges } = await setUp()
    write(folder, {
      [`${sha256}.part`]: 'something',
      [`${sha256}.part.json`]: JSON.stringify({
        url: `${server.url}/elsewhere`,
        etag: content.etag,
        length,
      }),
    })
    expectKept(await get(), folder)
    expect(ranges()).toEqual([undefined])
    expect(lines).toEqual([])
  })
})

describe('a run that is killed with SIGKILL', () => {
  const moments = [0, 1, 65_536, 1_000_000, length - 1]
  test.each(moments)(
    'after %d bytes has lost none of them: the next one asks for the rest',
    async (bytes) => {
      const { folder, url, get, ranges, server } = await setUp({ stall_after: bytes })
      const { child, ended } = otherProcess({ url, sha256, folder })
      await until(() => hasCome(folder, bytes))
      child.kill('SIGKILL')
      expect(await ended).toBeUndefined()
      expectKept(await get(), folder)
      expect(ranges()).toEqual([undefined, bytes === 0 ? undefined : `bytes=${bytes}-`])
      expect(server.asked[1]!.sent).toBe(length - bytes)
    },
  )

  test('twice is gone on with by the third', async () => {
    const { folder, url, get, ranges, sent } = await setUp(
      { stall_after: 1_000_000 },
      { stall_after: 500_000 },
    )
    for (const bytes of [1_000_000, 1_500_000]) {
      const { child, ended } = otherProcess({ url, sha256, folder })
      await until(() => hasCome(folder, bytes))
      child.kill('SIGKILL')
      await ended
    }
    expectKept(await get(), folder)
    expect(ranges()).toEqual([undefined, 'bytes=1000000-', 'bytes=1500000-'])
    expect(sent()).toBe(length)
  })
})

test('of two processes that want the same file one fetches it, and the other waits and finds it', async () => {
  const { folder, url, get, server } = await setUp({ stall_after: 1_000_000 })
  const first = otherProcess({ url, sha256, folder })
  await until(() => hasCome(folder, 1_000_000))
  let waited = false
  const told = Promise.withResolvers<void>()
  const second = get({
    onWait: () => {
      waited = true
      told.resolve()
    },
  })
  await told.promise
  first.child.kill('SIGKILL')
  expectKept(await second, folder)
  expect(waited).toBe(true)
  expect(server.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=1000000-'])
  const all = await Promise.all([
    get({ folder: join(folder, 'again') }),
    get({ folder: join(folder, 'again') }),
  ])
  expect(new Set(all)).toEqual(new Set([join(folder, 'again', sha256)]))
  expect(server.asked).toHaveLength(3)
})

describe('a disk', () => {
  const mend =
    'make room there (./downbeat clean removes what is cached), then run the same command again: it goes on where it was'

  test('that is too small for the file is told before a byte of it is written', async () => {
    const { folder, get } = await setUp({ claims_length: 1e15 })
    const said = await failure(get())
    expect(said).toEqual({
      kind: 'HostError',
      message: expect.stringMatching(/full: [\d.]+ MB free, 1000000000\.0 MB more needed$/),
      mend,
    })
    expect(said.message).toContain(`the disk of ${folder} is full`)
    expect(left(folder)).toEqual([])
  })

  test('that fills up half-way is one error, and with room the next run goes on where it was', async () => {
    // No length is told, so that nobody can know beforehand; the disk is a small one of the child's
    // own namespace.
    const { folder, url, get, ranges } = await setUp({ headers: { 'content-length': null } })
    const small = join(temporaryFolder(), 'small')
    const script = `mkdir ${small} && mount -t tmpfs -o size=1m small ${small} && "$@"; cp ${small}/*.part* ${folder}`
    const { ended } = otherProcess({ url, sha256, folder: small }, [
      'bash',
      join(repository, 'test/stand-in/machine.sh'),
      'bash',
      '-c',
      script,
      'bash',
    ])
    expect((await ended)!.said).toEqual({
      name: 'HostError',
      message: `the disk of ${small} is full`,
      mend,
    })
    const { size } = statSync(part(folder))
    expect(size).toBeGreaterThan(500_000)
    expectKept(await get(), folder)
    expect(ranges()).toEqual([undefined, `bytes=${size}-`])
  })

  test('that takes no file of that size is one error', async () => {
    const { folder, url } = await setUp()
    const { ended } = otherProcess({ url, sha256, folder }, [
      'bash',
      '-c',
      'ulimit -f 1000; "$@"',
      'bash',
    ])
    expect((await ended)!.said).toEqual({
      name: 'HostError',
      message: `${part(folder)} cannot be written (EFBIG)`,
      mend: `see who may write to ${folder}, and how much`,
    })
  })
})

describe('offline', () => {
  test('a kept file is given, and a missing one is an error that says what to do', async () => {
    const { server, folder, url, get } = await setUp()
    expect(await failure(get({ offline: true }))).toEqual({
      kind: 'UserError',
      message:
        `${url}: is not in the cache, and DOWNBEAT_OFFLINE forbids to fetch it; ` +
        `run the same command once without DOWNBEAT_OFFLINE, or put the file at ${join(folder, sha256)}`,
    })
    expect(server.asked).toEqual([])
    await get()
    expectKept(await get({ offline: true }), folder)
    expect(server.asked).toHaveLength(1)
  })
})

describe('a file:// address', () => {
  test('is hashed where it lies, and not copied', async () => {
    const { folder, options } = await setUp()
    const here = join(temporaryFolder(), 'an image')
    writeFileSync(here, 'bytes')
    const hash = createHash('sha256').update('bytes').digest('hex')
    const { href } = pathToFileURL(here)
    expect(await download({ url: href, sha256: hash }, { ...options, offline: true })).toBe(here)
    expect(left(folder)).toEqual([])
    expect((await failure(download({ url: href, sha256 }, options))).message).toContain(
      `got sha256      ${hash}`,
    )
    expect(existsSync(here)).toBe(true)
    expect((await failure(download({ url: `${href}-not`, sha256 }, options))).message).toBe(
      `${href}-not: there is no such file`,
    )
    const { href: parent } = new URL('.', href)
    expect((await failure(download({ url: parent, sha256 }, options))).message).toBe(
      `${parent}: cannot be read (EISDIR)`,
    )
  })
})

describe('progress', () => {
  test('goes on where an earlier connection stopped, and ends with the whole', async () => {
    const { get } = await setUp({ drop_after: 2_000_000 })
    const seen: Progress[] = []
    await get({ onProgress: (progress) => seen.push(progress) })
    expect(seen.at(-1)).toMatchObject({ bytes: length, total: length })
    expect(seen.map(({ bytes }) => bytes)).toEqual(
      seen.map(({ bytes }) => bytes).sort((a, b) => a - b),
    )
  })

  test('is told twice a second, with the rate of the last five seconds and what is left at it', () => {
    const seen: Progress[] = []
    let clock = 0
    const tell = createMeter(
      1000,
      (progress) => seen.push(progress),
      () => clock,
    )
    for (clock = 100; clock <= 1000; clock += 100) tell(1000 + clock, 11_000)
    expect(seen).toEqual([
      { bytes: 1500, total: 11_000, rate: 1000, left: 9.5 },
      { bytes: 2000, total: 11_000, rate: 1000, left: 9 },
    ])
    for (clock = 2000; clock <= 10_000; clock += 1000) tell(2000 + (clock - 1000) / 2, 11_000)
    expect(seen.at(-1)).toEqual({ bytes: 6500, total: 11_000, rate: 500, left: 9 })
    tell(7000) // at 11 s
    expect(seen.at(-1)).toEqual({ bytes: 7000, rate: 500 })
    clock += 1
    tell(11_000, 11_000)
    expect(seen.at(-1)).toMatchObject({ bytes: 11_000, left: 0 })
  })
})

test('a file of 500 MB is never in memory', async () => {
  const { path, mb } = await downloadMemory(500_000_000, temporaryFolder())
  expect(statSync(path).size).toBe(500_000_000)
  expect(mb).toBeLessThan(150)
})
