import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Script } from '../stand-in/script.ts'
import { serve } from '../stand-in/server.ts'
import type { StandInOptions } from '../stand-in/server.ts'
import { repository, temporaryFolder, until, write } from './fixtures.ts'

// What the tests of downloads believe of their server. fetch() is another client than the
// product's.

const text = 'abcdefghij'

async function server(options: StandInOptions = { script: { entries: { '/a': { text } } } }) {
  const standIn = await serve(options)
  onTestFinished(() => standIn.close())
  const { url, asked } = standIn
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await fetch(url + path, { headers, method, redirect: 'manual' })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  return { url, asked, get }
}

test('the stand-in gives a whole file with its names, and its head alone', async () => {
  const { get } = await server()
  for (const method of ['GET', 'HEAD']) {
    const { status, headers, text: body } = await get('/a', {}, method)
    expect({ status, body }).toEqual({ status: 200, body: method === 'GET' ? text : '' })
    expect(headers.get('content-length')).toBe('10')
    expect(headers.get('accept-ranges')).toBe('bytes')
    expect(headers.get('etag')).toMatch(/^"\w+"$/)
    expect(headers.get('last-modified')).toMatch(/GMT$/)
  }
  expect((await get('/b')).status).toBe(404)
})

const ranges: [range: string, status: number, body: string, said: string | null][] = [
  ['bytes=0-', 206, text, 'bytes 0-9/10'],
  ['bytes=3-', 206, 'defghij', 'bytes 3-9/10'],
  ['bytes=3-5', 206, 'def', 'bytes 3-5/10'],
  ['bytes=8-99', 206, 'ij', 'bytes 8-9/10'],
  ['bytes=-2', 206, 'ij', 'bytes 8-9/10'],
  ['bytes=-99', 206, text, 'bytes 0-9/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=0-1,4-5', 200, text, null],
  ['lines=3-', 200, text, null],
]
test.each(ranges)(
  'the stand-in answers the range %s with %d',
  async (range, status, body, said) => {
    const { get } = await server()
    const answer = await get('/a', { range })
    expect({
      status: answer.status,
      body: answer.text,
      said: answer.headers.get('content-range'),
    }).toEqual({ status, body, said })
  },
)

test('the stand-in gives a range only if the file is still the same', async () => {
  const { get } = await server()
  const { headers } = await get('/a')
  for (const name of ['etag', 'last-modified']) {
    expect((await get('/a', { range: 'bytes=3-', 'if-range': headers.get(name)! })).status).toBe(
      206,
    )
  }
  for (const odd of ['"other"', 'W/"weak"', 'Mon, 01 Jan 2024 00:00:00 GMT']) {
    expect((await get('/a', { range: 'bytes=3-', 'if-range': odd })).status).toBe(200)
  }
})

test('the stand-in serves a folder, and nothing outside of it', async () => {
  const folder = temporaryFolder()
  write(folder, { 'files/dists/a+b': 'inside', secret: 'outside' })
  const { get, asked } = await server({ folder: join(folder, 'files') })
  expect((await get('/dists/a%2bb')).text).toBe('inside')
  for (const path of ['/dists', '/', '/%2e%2e/secret', '/..%2fsecret', '/dists/..%2f..%2fsecret'])
    expect((await get(path)).status).toBe(404)
  expect(asked[0]).toMatchObject({ method: 'GET', path: '/dists/a+b', status: 200, sent: 6 })
})

test('the stand-in does what it is told, once for each request, and is honest then', async () => {
  const script: Script = {
    entries: { '/a': { text }, '/b': { base64: btoa('other') } },
    steps: {
      '/a': [
        { status: 503, headers: { 'retry-after': '3' }, times: 2 },
        { redirect: '/b' },
        { wrong_bytes: true, headers: { etag: null } },
        { ignore_ranges: true },
        { becomes: '/b' },
      ],
    },
  }
  const { get } = await server({ script })
  for (const _ of [1, 2]) expect((await get('/a')).headers.get('retry-after')).toBe('3')
  const redirect = await get('/a')
  expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '/b'])
  const wrong = await get('/a')
  expect([wrong.text.slice(1), wrong.headers.get('etag')]).toEqual([text.slice(1), null])
  expect(wrong.text[0]).not.toBe('a')
  expect((await get('/a', { range: 'bytes=3-' })).status).toBe(200)
  for (const _ of [1, 2]) expect((await get('/a')).text).toBe('other')
})

test('the stand-in is a program, too, which writes down what it was asked', async () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, name)
  const script: Script = { refuses_default_agents: true, steps: { '/a': [{ drop_after: 3 }] } }
  write(folder, { 'files/a': text, script: JSON.stringify(script) })
  const program = join(repository, 'test/stand-in/server.ts')
  const argv = [
    '--folder',
    at('files'),
    '--script',
    at('script'),
    '--port-file',
    at('port'),
    '--log',
    at('log'),
  ]
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, ...argv],
    { stdio: 'inherit' },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  await until(() => existsSync(at('port')))
  const url = `http://127.0.0.1:${readFileSync(at('port'), 'utf8')}/a`
  await expect(
    fetch(url, { headers: { 'user-agent': 'Mozilla/5.0' } }).then((answer) => answer.text()),
  ).rejects.toThrow('terminated')
  expect((await fetch(url)).status).toBe(403)
  await until(
    () => existsSync(at('log')) && readFileSync(at('log'), 'utf8').split('\n').length === 3,
  )
  const log = readFileSync(at('log'), 'utf8').trimEnd().split('\n')
  expect(log.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { path: '/a', agent: 'Mozilla/5.0', status: 200, sent: 3 },
    { path: '/a', agent: 'node', status: 403, sent: 0 },
  ])
})
