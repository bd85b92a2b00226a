import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Shell } from '../../lib/engine/shell/shell.ts'
import { base } from '../../stages/base.ts'
import { bytesContent } from '../stand-in/content.ts'
import { failure, sha256, setUp } from './download-fixtures.ts'
import { temporaryFolder } from './fixtures.ts'

const disk = vi.hoisted(() => ({ full: false, changes: false }))
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  return {
    ...fs,
    statfsSync: (path: string) =>
      disk.full ? { bavail: 12_000, bsize: 4096 } : fs.statfsSync(path),
    // somebody writes to the file between a look at it and the copy
    copyFileSync: (from: string, to: string, how?: number) => {
      if (disk.changes) fs.writeFileSync(from, 'other bytes')
      fs.copyFileSync(from, to, how)
    },
  }
})

const fingerprint = 'A'.repeat(40)

/**
 * The stage with a server, and with programs that only look whether the signature is `good` and the
 * key `ours`.
 */
async function setUpBase() {
  const { server, options, url } = await setUp()
  const put = (path: string, text: string): void =>
    server.put(path, bytesContent(Buffer.from(text)))
  put('/image.sig', 'good')
  put('/key', 'ours')
  const downloads = join(temporaryFolder(), 'downloads')
  mkdirSync(downloads)
  const run = async (offline = false, from = url): Promise<void> => {
    const [work, out] = [temporaryFolder(), temporaryFolder()]
    const $ = ((pieces: TemplateStringsArray) => {
      if (pieces.join('').includes('check-signature.sh')) {
        const [signature, key] = ['signature', 'key'].map((name) =>
          readFileSync(join(work, name), 'utf8'),
        )
        if (signature === 'good' && key === 'ours') return Promise.resolve()
        writeFileSync(join(work, 'why'), 'signature: not by ours')
        return Promise.reject(new Error('exit status 1'))
      }
      writeFileSync(join(out, 'facts'), 'os_codename=trixie\narch=arm64\n')
      return Promise.resolve()
    }) as unknown as Shell
    await base.run({
      given: {
        url: from,
        sha256,
        max_bytes: 2 ** 34,
        suite: 'trixie',
        arch: 'arm64',
        signature: { url: `${server.url}/image.sig`, key: `${server.url}/key`, fingerprint },
      },
      from: { toolbox: { root: '/' } },
      out: { tree: join(out, 'tree.tar'), facts: join(out, 'facts') },
      work,
      $,
      own: '',
      kept: { downloads },
      settings: { jobs: 1, network: { mirrors: [], offline, proxies: {} } },
      signal: options.signal,
      progress: () => undefined,
    })
  }
  const asked = (): string[] => server.asked.splice(0).map(({ path }) => path)
  return { downloads, put, run, asked }
}

test('an image that was fetched once is taken apart again without a network, its signature checked as before', async () => {
  const { downloads, run, asked } = await setUpBase()
  expect((await failure(run(true))).message).toMatch(/DOWNBEAT_OFFLINE forbids to fetch it/)
  await run()
  expect(asked()).toEqual(['/image', '/image.sig', '/key'])
  expect(readdirSync(downloads).sort()).toEqual(
    [sha256, `${sha256}.signature`, `${fingerprint}.key`, 'locks'].sort(),
  )
  await run(true)
  expect(asked()).toEqual([])
  await run()
  expect(asked()).toEqual(['/image.sig', '/key']) // what can be renewed is
})

test('a signature that is wrong is refused, whether it was fetched or kept, and none that is wrong is kept', async () => {
  const { downloads, put, run } = await setUpBase()
  await run()
  put('/image.sig', 'of somebody else')
  expect((await failure(run())).message).toMatch(/signature: not by ours$/)
  await run(true)
  writeFileSync(join(downloads, `${fingerprint}.key`), 'another')
  expect((await failure(run(true))).message).toMatch(/signature: not by ours$/)
})

test('where the disk is full, that is not blamed on the image', async () => {
  const { put, run } = await setUpBase()
  put('/image.sig', 'of somebody else')
  disk.full = true
  onTestFinished(() => void (disk.full = false))
  await expect(run()).rejects.toThrow(/^exit status 1$/) // the engine looks at the disk then
})

test('of a file of the user what is used is what was looked at, or nothing', async () => {
  const { downloads, run } = await setUpBase()
  const image = join(temporaryFolder(), 'raspios.img')
  await run()
  writeFileSync(image, readFileSync(join(downloads, sha256)))
  const { href } = pathToFileURL(image)
  await run(false, href)
  disk.changes = true
  onTestFinished(() => void (disk.changes = false))
  expect((await failure(run(false, href))).message).toBe(
    `${image}: was changed while it was copied; run the same command again`,
  )
})
