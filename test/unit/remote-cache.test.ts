import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { commit, openCache } from '../../lib/engine/cache/cache.ts'
import type { Entry } from '../../lib/engine/cache/cache.ts'
import { keyOf } from '../../lib/engine/run/key.ts'
import { make } from '../../lib/engine/run/make.ts'
import type { Event } from '../../lib/engine/run/make.ts'
import { openRemote } from '../../lib/engine/remote/remote.ts'
import type { Remote } from '../../lib/engine/remote/remote.ts'
import { defineStage } from '../../lib/engine/run/stage.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { remoteSettings } from '../../scripts/session/remote.ts'
import { refusal, temporaryFolder, write } from './fixtures.ts'

const key = 'c'.repeat(64)
const outputs = { image: 'Image', trees: 'device-trees', none: 'overlays' }

/** A store as nginx with WebDAV is one: what was put somewhere is there. */
async function store(
  change: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
) {
  const files = new Map<string, Buffer>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url!
    asked.push(`${request.method} ${path.slice(0, 5)}`)
    if (change(request, response)) return
    if (request.method === 'PUT')
      return void buffer(request).then((bytes) => {
        files.set(path, bytes)
        response.writeHead(201).end()
      })
    const found = files.get(path)
    response.writeHead(found ? 200 : 404).end(found)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, files, asked }
}

let [ours, theirs, signers] = ['', '', '']
beforeAll(() => {
  const folder = temporaryKeys()
  ours = join(folder, 'ours')
  theirs = join(folder, 'theirs')
  for (const file of [ours, theirs])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ci', '-f', file])
  signers = join(folder, 'signers')
  writeFileSync(signers, `ci@example.org ${readFileSync(`${ours}.pub`, 'utf8')}`)
})
afterAll(() => rmSync(keys, { recursive: true, force: true }))
let keys = ''
function temporaryKeys(): string {
  keys = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
  return keys
}

/** What reaches these stores, and what it says. */
function remote(stores: string[], signing: string | undefined = ours, by = signers, always_s = 60) {
  const said: string[] = []
  const around = {
    proxies: {},
    signal: new AbortController().signal,
    folder: temporaryFolder(),
    say: (line: string) => void said.push(line),
    always_s,
  }
  const { folder } = around
  return { ...openRemote({ stores, signers: by, key: signing }, around), said, folder }
}

/** A result in a cache of its own. */
async function made(): Promise<{ entry: Entry; folder: string }> {
  const cache = openCache(temporaryFolder())
  const half = join(cache.dir, 'x.half')
  write(join(half, 'out'), {
    Image: 'a kernel\n'.repeat(5000),
    'device-trees/a.dtb': 'tree',
    'device-trees/b/c.dtb': 'another',
  })
  symlinkSync('a.dtb', join(half, 'out/device-trees/link'))
  mkdirSync(join(half, 'out/device-trees/empty'))
  chmodSync(join(half, 'out/device-trees/a.dtb'), 0o464)
  symlinkSync('b', join(half, 'out/device-trees/z-the-last'))
  mkdirSync(join(half, 'out/overlays'), { mode: 0o700 })
  const draft = {
    stage: 'kernel',
    key,
    wall_s: 600.1234567,
    usage: { user: 1, system: 2, peak_kib: 3 },
  }
  const entry = await commit(cache, half, draft, outputs)
  return { entry, folder: cache.folder('kernel', key) }
}

const fetched = async (from: Remote) => {
  const into = join(temporaryFolder(), 'out')
  mkdirSync(into)
  return { got: await from.fetch('kernel', key, outputs, into), into }
}

test('what one machine has stored, another has, to the byte', async () => {
  const { url, files } = await store()
  const { entry, folder } = await made()
  const giving = remote([url])
  await giving.store(entry, folder)
  expect(giving.said).toEqual([])
  expect([...files.keys()].map((path) => path.replace(/[0-9a-f]{64}$/, 'SUM')).sort()).toEqual([
    '/ac/SUM',
    '/cas/SUM',
    '/cas/SUM',
    '/cas/SUM',
  ])
  // as bazel-remote wants it: a part lies under its own sum
  for (const [path, bytes] of files)
    if (path.startsWith('/cas/'))
      expect(path).toBe(`/cas/${createHash('sha256').update(bytes).digest('hex')}`)
  const taking = remote([url], undefined)
  const { got, into } = await fetched(taking)
  expect(taking.said).toEqual([])
  expect(got).toEqual({ wall_s: 600.1234567, usage: { user: 1, system: 2, peak_kib: 3 } })
  expect(
    execFileSync(
      'diff',
      ['-r', '--no-dereference', join(folder, 'device-trees'), join(into, 'device-trees')],
      { encoding: 'utf8' },
    ),
  ).toBe('')
  expect(readFileSync(join(into, 'Image'), 'utf8')).toBe('a kernel\n'.repeat(5000))
  expect(taking.said).toEqual([])
})

test('a key with a passphrase is not asked for it: nothing is given away, and that is told', async () => {
  const { url, files } = await store()
  const { entry, folder } = await made()
  const locked = join(keys, 'locked')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-C', 'ci', '-f', locked])
  const giving = remote([url], locked)
  await giving.store(entry, folder)
  expect(giving.said).toEqual([
    expect.stringMatching(
      /kernel could not be stored there: .*locked does not sign: one with a passphrase has to be in an agent/,
    ),
  ])
  expect([...files.keys()].filter((path) => path.startsWith('/ac/'))).toEqual([])
})

test('who has no key gives nothing away', async () => {
  const { url, asked } = await store()
  const { entry, folder } = await made()
  await openRemote(
    { stores: [url], signers },
    {
      proxies: {},
      signal: new AbortController().signal,
      folder: temporaryFolder(),
      say: () => undefined,
    },
  ).store(entry, folder)
  expect(asked).toEqual([])
})

test('of several stores the first that has it gives it; what is nowhere is said nowhere', async () => {
  const [one, two] = [await store(), await store()]
  const { entry, folder } = await made()
  await remote([two.url]).store(entry, folder)
  const both = remote([one.url, two.url])
  expect((await fetched(both)).got).toBeDefined()
  two.files.clear()
  expect((await fetched(both)).got).toBeUndefined()
  expect(both.said).toEqual([])
})

describe('costs time only, is told once, and is not asked any more:', () => {
  /** Stores a result, lets somebody change what the store has, and looks what becomes of it. */
  async function afterwards(
    change: (files: Map<string, Buffer>) => void,
    from: (url: string) => ReturnType<typeof remote> = (url) => remote([url], undefined),
  ): Promise<string[]> {
    const { url, files, asked } = await store()
    const { entry, folder } = await made()
    await remote([url]).store(entry, folder)
    change(files)
    const taking = from(url)
    const { got, into } = await fetched(taking)
    expect(got).toBeUndefined()
    expect(readdirSync(into)).toEqual([])
    const before = asked.length
    expect((await fetched(taking)).got).toBeUndefined()
    expect(asked).toHaveLength(before)
    return taking.said.map((line) =>
      line.replaceAll(url, 'STORE').replaceAll(/[0-9a-f]{64}/g, 'SUM'),
    )
  }
  const record = (files: Map<string, Buffer>, edit: (text: string) => string): void => {
    const path = [...files.keys()].find((one) => one.startsWith('/ac/'))!
    files.set(path, Buffer.from(edit(files.get(path)!.toString())))
  }
  const end = '; it is not asked any more'
  const unsigned = `! STORE: its kernel is of no use: the record is signed by nobody who is believed here, or no longer${end}`

  test('a record that was changed', async () => {
    expect(
      await afterwards((files) => record(files, (text) => text.replace('600', '601'))),
    ).toEqual([unsigned])
  })

  test('a signature of somebody else', async () => {
    const { url } = await store()
    const { entry, folder } = await made()
    await remote([url], theirs).store(entry, folder)
    const taking = remote([url])
    expect((await fetched(taking)).got).toBeUndefined()
    expect(taking.said[0]).toContain('signed by nobody who is believed here')
  })

  test('a signature of a key that is no longer good', async () => {
    const old = join(keys, 'old')
    const text = readFileSync(signers, 'utf8').replace(
      'ci@example.org',
      'ci@example.org valid-before="20200101"',
    )
    writeFileSync(old, text)
    expect(
      await afterwards(
        () => undefined,
        (url) => remote([url], undefined, old),
      ),
    ).toEqual([unsigned])
  })

  test('a record without a signature, or none at all', async () => {
    const none = `! STORE: its kernel is of no use: has no signature${end}`
    expect(await afterwards((files) => record(files, (text) => text.split('\n')[0]!))).toEqual([
      none,
    ])
    expect(await afterwards((files) => record(files, () => '<html>log in'))).toEqual([none])
    expect(await afterwards((files) => record(files, () => 'x'.repeat(100_000)))).toEqual([
      `! STORE: its kernel is of no use: the record is too long for one${end}`,
    ])
  })

  test('the record of another result under this name', async () => {
    const { url, files } = await store()
    const { entry, folder } = await made()
    await remote([url]).store({ ...entry, key: 'd'.repeat(64) }, folder)
    const [other] = [...files.keys()].filter((path) => path.startsWith('/ac/'))
    files.set(`/ac/${key}`, files.get(other!)!)
    const taking = remote([url])
    expect((await fetched(taking)).got).toBeUndefined()
    expect(taking.said[0]).toContain('is the record of another result')
  })

  test('a part with other bytes, or none', async () => {
    const parts = (files: Map<string, Buffer>): string[] =>
      [...files.keys()].filter((path) => path.startsWith('/cas/'))
    const [said] = await afterwards((files) => {
      for (const path of parts(files)) files.set(path, Buffer.from('something else'))
    })
    expect(said).toBe(
      `! STORE: its kernel is of no use: STORE/cas/SUM: has other bytes than it should have${end}`,
    )
    const [gone] = await afterwards((files) => parts(files).forEach((path) => files.delete(path)))
    expect(gone).toContain('there is nothing there (the server answers 404)')
  })

  test('a server that fails, and one that is not there', async () => {
    const { url } = await store((_, response) => {
      response.writeHead(500).end()
      return true
    })
    const broken = remote([url])
    expect((await fetched(broken)).got).toBeUndefined()
    expect(broken.said).toEqual([`! ${url}: its kernel is of no use: the server answers 500${end}`])
    const absent = remote(['http://127.0.0.1:9'])
    expect((await fetched(absent)).got).toBeUndefined()
    expect(absent.said).toEqual([expect.stringContaining('the connection failed')])
  })

  test('one that gives so little at a time that making it is quicker', async () => {
    let slow = false
    const { url } = await store((request, response) => {
      if (!slow || !request.url!.startsWith('/cas/')) return false
      response.writeHead(200, { 'content-length': '1000' }).write('a') // and nothing more
      return true
    })
    const { entry, folder } = await made()
    await remote([url]).store({ ...entry, wall_s: 0 }, folder)
    slow = true
    const taking = remote([url], undefined, signers, 3)
    expect((await fetched(taking)).got).toBeUndefined()
    expect(taking.said).toEqual([
      `! ${url}: its kernel is of no use: it takes longer than to make it here${end}`,
    ])
  })

  test('a part that has no end', async () => {
    let endless = false
    const { url } = await store((request, response) => {
      if (!endless || !request.url!.startsWith('/cas/')) return false
      const more = (): void =>
        void (response.destroyed || response.write(Buffer.alloc(1 << 20), more))
      response.writeHead(200)
      more()
      return true
    })
    const { entry, folder } = await made()
    await remote([url]).store(entry, folder)
    endless = true
    const taking = remote([url], undefined)
    expect((await fetched(taking)).got).toBeUndefined()
    expect(taking.said).toEqual([expect.stringMatching(/has more than \d+ bytes/)])
    expect(readdirSync(taking.folder).filter((name) => name !== 'locks')).toEqual([])
  })

  test('a record that comes too slowly', async () => {
    const { url } = await store((_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{') // and nothing more
      return true
    })
    const taking = remote([url], undefined, signers, 0.05)
    expect((await fetched(taking)).got).toBeUndefined()
    expect(taking.said).toHaveLength(1)
  })

  test('one that is full', async () => {
    const { url } = await store((request, response) => {
      if (request.method !== 'PUT') return false
      request.resume()
      response.writeHead(507).end()
      return true
    })
    const { entry, folder } = await made()
    const giving = remote([url])
    await giving.store(entry, folder)
    await giving.store(entry, folder)
    expect(giving.said).toEqual([
      expect.stringMatching(
        /kernel could not be stored there: .*the server answers 507 and does not take it; it is not asked any more$/,
      ),
    ])
  })
})

describe('a stage', () => {
  const folder = (): string => temporaryFolder()
  const stage = (shared: boolean, source: string) =>
    defineStage({
      name: 'thing',
      about: 'Make a thing',
      source: pathToFileURL(source).href,
      ...(shared ? { shared } : {}),
      needs: {},
      outputs: { thing: 'thing' },
      given: ({ name }) => ({ name }),
      run: ({ out }) => {
        writeFileSync(out.thing, 'made\n')
        return Promise.resolve()
      },
    })
  const plan = { name: 'x' } as Plan
  async function run(
    one: ReturnType<typeof stage>,
    from: Remote,
    offline = false,
  ): Promise<string[]> {
    const events: Event[] = []
    const dir = folder()
    await make(one, {
      plan,
      cache: openCache(dir),
      settings: { jobs: 1, network: { mirrors: [], offline, proxies: {} } },
      fresh: new Set(),
      signal: new AbortController().signal,
      report: (event) => void events.push(event),
      logFile: join(dir, 'log'),
      spare_gib: 0,
      remote: from,
    })
    expect(existsSync(`${openCache(dir).folder('thing', keyOf(one, plan))}.half`)).toBe(false)
    return events.map(({ kind }) => kind)
  }

  test('is made and given away once, and then fetched; one that is not for others stays here', async () => {
    const { url, asked } = await store()
    const source = join(folder(), 'thing.ts')
    writeFileSync(source, '')
    expect(await run(stage(true, source), remote([url]))).toEqual([
      'fetching',
      'fetched',
      'started',
      'built',
    ])
    expect(await run(stage(true, source), remote([url]))).toEqual(['fetching', 'fetched'])
    const before = asked.length
    expect(await run(stage(false, source), remote([url]))).toEqual(['started', 'built'])
    expect(asked).toHaveLength(before)
  })

  test('that is somebody’s own is given to nobody, nor is one that needs it; nor is any offline', async () => {
    const { url, asked } = await store()
    const source = join(folder(), 'thing.ts')
    writeFileSync(source, '')
    const own = { ...stage(true, source), name: 'own', personal: () => true }
    expect(await run({ ...stage(true, source), personal: () => true }, remote([url]))).toEqual([
      'started',
      'built',
    ])
    expect(await run({ ...stage(true, source), needs: { own } }, remote([url]))).not.toContain(
      'fetching',
    )
    expect(await run(stage(true, source), remote([url]), true)).toEqual(['started', 'built'])
    expect(asked).toEqual([])
  })
})

test('what the environment says wrong is told, all at once', () => {
  expect(remoteSettings({})).toBeUndefined()
  expect(
    remoteSettings({
      DOWNBEAT_REMOTE_CACHE: 'https://a http://b',
      DOWNBEAT_REMOTE_SIGNERS: signers,
    }),
  ).toEqual({ stores: ['https://a', 'http://b'], signers, key: undefined })
  const wrong = { DOWNBEAT_REMOTE_CACHE: 'ftp://me:secret@x', DOWNBEAT_REMOTE_KEY: '/no/such' }
  expect(refusal(() => remoteSettings(wrong)).split('\n')).toEqual([
    expect.stringMatching(
      /^DOWNBEAT_REMOTE_CACHE: ftp:\/\/(?!me:secret).*: expected an address that begins with https:\/\/ or http:\/\/$/,
    ),
    'DOWNBEAT_REMOTE_KEY: /no/such: there is no such file',
    expect.stringMatching(/^DOWNBEAT_REMOTE_SIGNERS: has to name a file/),
  ])
})
