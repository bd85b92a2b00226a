import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { download } from '../../lib/engine/fetch/download.ts'
import { withoutSecrets } from '../../lib/common/words/secrets.ts'
import { isDowngrade, proxiesOf, addressOf } from '../../lib/engine/fetch/address.ts'
import { explained } from '../../lib/engine/fetch/refusals.ts'
import { serveProxy } from '../stand-in/proxy.ts'
import type { Proxy } from '../stand-in/proxy.ts'
import {
  expectKept,
  failure,
  left,
  otherProcess,
  part,
  setUp,
  sha256,
  SILENCE,
  standIn,
} from './download-fixtures.ts'
import { refusal, temporaryFolder } from './fixtures.ts'

// The ways to a server: mirrors, redirects, proxies, TLS. And that no password on them is ever
// said.

describe('a mirror', () => {
  const mirrors = [
    { from: 'https://downloads.example/', to: 'http://mirror/all/' },
    { from: 'https://downloads.example/images', to: 'http://mirror/images' },
    { from: 'https://other.example', to: 'https://mirror/other' },
  ]
  const cases: [asked: string, at: string][] = [
    ['https://downloads.example/a.img.xz', 'http://mirror/all/a.img.xz'],
    ['https://downloads.example/images/a.img.xz', 'http://mirror/images/a.img.xz'],
    ['https://downloads.example/images2/a.img.xz', 'http://mirror/all/images2/a.img.xz'],
    ['https://downloads.example', 'http://mirror/all'],
    ['https://other.example?list', 'https://mirror/other?list'],
    ['https://other.example.org/a', 'https://other.example.org/a'],
    ['http://downloads.example/a', 'http://downloads.example/a'],
  ]
  test.each(cases)('is asked in place of %s', (asked, at) => {
    expect(addressOf(asked, mirrors).url.href).toBe(new URL(at).href)
  })

  test('that is no address is refused by its name, and so is a file that has none', () => {
    const begins = 'it begins with https://, http:// or file:///'
    expect(
      refusal(() => addressOf('https://a/b', [{ from: 'https://a', to: 'mirror.example' }])),
    ).toBe(`mirror.example: is no mirror to fetch from (${begins})`)
    for (const odd of [
      '',
      '/an/image',
      'ftp://a/b',
      'https://',
      'file://srv/an/image',
      'downloads.example/a',
    ]) {
      expect(refusal(() => addressOf(odd, []))).toBe(
        `${odd}: is no address to fetch from (${begins})`,
      )
    }
  })

  test('is what an error names beside the address that was asked for', async () => {
    const { server, options } = await setUp({ status: 404 })
    const mirrors = [{ from: 'https://downloads.example', to: server.url }]
    expect(
      (
        await failure(
          download({ url: 'https://downloads.example/image', sha256 }, { ...options, mirrors }),
        )
      ).message,
    ).toBe(
      `https://downloads.example/image (from the mirror ${server.url}/image): ` +
        'there is nothing there (the server answers 404); see whether that address is still right',
    )
  })

  test('may be a folder, which needs no network and is not copied', async () => {
    const { folder, options } = await setUp()
    const shelf = temporaryFolder()
    writeFileSync(join(shelf, 'a b.img'), 'bytes')
    const mirrors = [{ from: 'https://downloads.example/', to: pathToFileURL(shelf).href }]
    const hash = createHash('sha256').update('bytes').digest('hex')
    const wanted = { url: 'https://downloads.example/a%20b.img', sha256: hash }
    expect(await download(wanted, { ...options, mirrors, offline: true })).toBe(
      join(shelf, 'a b.img'),
    )
    expect(left(folder)).toEqual([])
  })
})

test('a redirect that leaves https is seen as one, however it is written', () => {
  expect(isDowngrade('https://a/b', 'http://a/c')).toBe(true)
  expect(isDowngrade('https://a/b', 'HTTP://a/c')).toBe(true)
  for (const to of ['/c', '//b/c', 'https://b/c', '', 'http://['])
    expect(isDowngrade('https://a/b', to)).toBe(false)
  expect(isDowngrade('http://a/b', 'http://b/c')).toBe(false)
  expect(isDowngrade('http://a/b', 'https://b/c')).toBe(false)
})

describe('a password', () => {
  test('is cut out of an address, and nothing else is', () => {
    expect(withoutSecrets('via http://me:secret@proxy:3128/ and https://me@b/c')).toBe(
      'via http://proxy:3128/ and https://b/c',
    )
    expect(withoutSecrets('https://a/b@c?d=e@f mail@example.org')).toBe(
      'https://a/b@c?d=e@f mail@example.org',
    )
  })

  test('is in no message of Node that is passed on', () => {
    const error = new Error('Invalid URL http://me:secret@proxy:3128')
    expect(explained(error, 'https://a/b').message).toBe(
      'the connection failed (Invalid URL http://proxy:3128)',
    )
  })

  test('in an address is told to its server, and to nobody else', async () => {
    const { server, folder, lines, options, passes } = await setUp(
      { drop_after: 2_000_000 },
      { stall_after: 0 },
      { status: 403 },
    )
    const url = server.url.replace('//', '//me:secret@')
    const stop = new AbortController()
    const onLine = (line: string): void => void (lines.push(line) === 2 && stop.abort())
    await Promise.all([
      failure(
        download({ url: `${url}/image`, sha256 }, { ...options, onLine, signal: stop.signal }),
      ),
      passes(SILENCE, () => server.asked.length === 2),
    ])
    expect(server.asked[1]).toMatchObject({
      authorization: `Basic ${btoa('me:secret')}`,
      range: expect.any(String),
    })
    const { message } = await failure(download({ url: `${url}/image`, sha256 }, options))
    const note = readFileSync(`${part(folder)}.json`, 'utf8')
    expect(message).toContain(`${server.url}/image: the server does not give it away`)
    expect([message, note, ...lines].filter((text) => text.includes('secret'))).toEqual([])
    expect(note).toContain(`"${server.url}/image"`)
  })

  test('of a proxy is told to the proxy, and to nobody else', async () => {
    for (const says of [407, 502]) {
      const proxy = await proxyServer(says)
      const { lines, options, pauses } = await setUp()
      const proxies = {
        http_proxy: `http://me:secret@${proxy.address}`,
        https_proxy: `me:secret@${proxy.address}`,
      }
      for (const scheme of ['http', 'https']) {
        const { message } = await failure(
          download({ url: `${scheme}://downloads.example/image`, sha256 }, { ...options, proxies }),
        )
        expect(message).toContain(`${scheme}://downloads.example/image: `)
        expect(message).toContain(String(says))
        expect([message, ...lines].filter((text) => text.includes('secret'))).toEqual([])
      }
      expect(pauses).toHaveLength(says === 407 ? 0 : 10)
      expect(new Set(proxy.asked.map(({ authorization }) => authorization))).toEqual(
        new Set([`Basic ${btoa('me:secret')}`]),
      )
    }
  })
})

async function proxyServer(says?: number): Promise<Proxy> {
  const proxy = await serveProxy(says === undefined ? {} : { says })
  onTestFinished(() => proxy.close())
  return proxy
}

test('a connection that failed at each of several addresses says at least which way', () => {
  const error = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
  expect(explained(error, 'https://a/b').message).toBe('the connection failed (ECONNREFUSED)')
})

describe('a proxy', () => {
  test.each(['http_proxy', 'HTTP_PROXY'])(
    'that %s names is asked for http, and gives pieces, too',
    async (name) => {
      const proxy = await proxyServer()
      const { folder, url, get, ranges } = await setUp({ drop_after: 2_000_000 })
      expectKept(
        await get({ proxies: { [name]: proxy.address, https_proxy: 'http://127.0.0.1:1' } }),
        folder,
      )
      expect(proxy.asked).toEqual(
        Array.from({ length: 2 }, () => ({ what: `GET ${url}`, authorization: undefined })),
      )
      expect(ranges()).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)])
    },
  )

  test('is not asked for what no_proxy names', async () => {
    const proxy = await proxyServer()
    const { folder, get } = await setUp()
    expectKept(
      await get({ proxies: { http_proxy: proxy.address, NO_PROXY: 'example.org 127.0.0.1' } }),
      folder,
    )
    expect(proxy.asked).toEqual([])
  })

  test.each(['http', 'https'])('that never answers for %s is not waited for', async (scheme) => {
    const proxy = await proxyServer(0)
    const { options, passes } = await setUp()
    const url = `${scheme}://downloads.example/image`
    const proxies = { [`${scheme}_proxy`]: proxy.address }
    const patience = { ...options.patience, pauses: [] }
    const [{ message }] = await Promise.all([
      failure(download({ url, sha256 }, { ...options, proxies, patience })),
      passes(SILENCE, () => proxy.asked.length === 1),
    ])
    expect(message).toBe(`${url}: nothing has come for 600 s`)
    expect(proxy.asked).toHaveLength(1)
  })

  test('is named in lower case first, with or without http://, and no_proxy holds for what is below a domain', () => {
    expect(proxiesOf({})).toEqual({})
    expect(proxiesOf({ http_proxy: '', no_proxy: ' ', HTTPS_PROXY: undefined })).toEqual({})
    expect(proxiesOf({ http_proxy: 'a:1', HTTP_PROXY: 'b:2', HTTPS_PROXY: 'https://c:3' })).toEqual(
      {
        http_proxy: 'http://a:1',
        https_proxy: 'https://c:3',
      },
    )
    expect(proxiesOf({ no_proxy: 'example.org, localhost' })).toEqual({
      no_proxy: 'example.org,.example.org,localhost,.localhost',
    })
  })

  test.each([
    'socks5://me:secret@a:1',
    'http://me:se%cret@a:1',
    'http://',
    ':',
    'http://a\nb',
    'a\tb',
  ])('that is none is refused by its name: %j', (value) => {
    expect(refusal(() => proxiesOf({ HTTPS_PROXY: value }))).toBe(
      'HTTPS_PROXY: is no address of a proxy such as http://proxy.example:3128',
    )
  })
})

/** A key and a certificate for 127.0.0.1, in PEM; undefined where there is no openssl. */
function selfSigned(): { key: string; cert: string } | undefined {
  const words = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ]
  const more = [
    '-subj',
    '/CN=stand-in',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    '-',
    '-out',
    '-',
  ]
  const { status, stdout } = spawnSync('openssl', [...words, ...more], { encoding: 'utf8' })
  const [key, cert] = ['PRIVATE KEY', 'CERTIFICATE'].map((what) =>
    new RegExp(`-----BEGIN ${what}-----[^]*?-----END ${what}-----\n`).exec(stdout),
  )
  return status === 0 && key && cert ? { key: key[0], cert: cert[0] } : undefined
}

// Without openssl only http is tested: nothing else here makes certificates.
const tls = selfSigned()
if (tls !== undefined) {
  describe('a server with TLS', () => {
    const trusted = (): void => {
      const before = getCACertificates('default')
      setDefaultCACertificates([...before, tls.cert])
      onTestFinished(() => setDefaultCACertificates(before))
    }

    test('whose certificate nobody vouches for is not asked again', async () => {
      const { options, pauses } = await setUp()
      const server = await standIn({ tls })
      const { kind, message, mend } = await failure(
        download({ url: `${server.url}/image`, sha256 }, options),
      )
      expect({ kind, message }).toEqual({
        kind: 'HostError',
        message: `${server.url}/image: the certificate of the server is not to be trusted (DEPTH_ZERO_SELF_SIGNED_CERT)`,
      })
      expect(mend).toContain('sudo update-ca-certificates')
      expect(pauses).toEqual([])
      expect(server.asked).toEqual([])
    })

    test('is trusted when this machine trusts it', async () => {
      const { folder } = await setUp()
      const server = await standIn({ tls })
      // where Node and OpenSSL look instead of /etc/ssl
      const file = join(temporaryFolder(), 'ca.pem')
      writeFileSync(file, tls.cert)
      const { ended } = otherProcess({ url: `${server.url}/image`, sha256, folder }, [
        'env',
        `SSL_CERT_FILE=${file}`,
      ])
      expectKept((await ended)!.said as string, folder)
    })

    test('is asked through the tunnel of a proxy', async () => {
      trusted()
      const { options, folder } = await setUp()
      const server = await standIn({ tls })
      server.next('/image', { drop_after: 2_000_000 })
      const proxy = await proxyServer()
      const proxies = {
        https_proxy: `http://me:secret@${proxy.address}`,
        http_proxy: 'http://127.0.0.1:1',
      }
      expectKept(
        await download({ url: `${server.url}/image`, sha256 }, { ...options, proxies }),
        folder,
      )
      const { host } = new URL(server.url)
      expect(proxy.asked).toEqual(
        Array.from({ length: 2 }, () => ({
          what: `CONNECT ${host}`,
          authorization: `Basic ${btoa('me:secret')}`,
        })),
      )
      expect(server.asked.map(({ status }) => status)).toEqual([200, 206])
    })

    test('is not left for one without', async () => {
      trusted()
      const { options, url, server: plain, folder } = await setUp()
      const server = await standIn({ tls })
      server.next('/image', { redirect: url.replace('//', '//me:secret@') })
      expect(await failure(download({ url: `${server.url}/image`, sha256 }, options))).toEqual({
        kind: 'UserError',
        message: `${server.url}/image: redirects from https to ${url} (302); without https, anybody can change it`,
      })
      expect(plain.asked).toEqual([])
      expect(left(folder)).toEqual([])
      plain.next('/image', { redirect: `${server.url}/image` }) // the other way it may go
      expectKept(await download({ url, sha256 }, options), folder)
    })
  })
}
