import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { text } from 'node:stream/consumers'
import { root } from '../session/session.ts'

/**
 * What a process that fetches so many bytes of 127.0.0.1 into a folder has in memory at most, in
 * MB, and where it put them.
 */
export async function downloadMemory(
  bytes: number,
  folder: string,
): Promise<{ mb: number; path: string }> {
  const block = randomBytes(1_000_000)
  const blocks = function* (): Generator<Buffer> {
    for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, left)
  }
  const hash = createHash('sha256')
  for (const one of blocks()) hash.update(one)
  const server = createServer((_, response) => {
    response.setHeader('content-length', bytes)
    Readable.from(blocks()).pipe(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const wanted = {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      sha256: hash.digest('hex'),
    }
    const code = `import { download } from ${JSON.stringify(pathToFileURL(join(root, 'lib/engine/fetch/download.ts')).href)}
      const options = { folder: ${JSON.stringify(folder)}, mirrors: [], offline: false, proxies: {}, signal: new AbortController().signal }
      const path = await download(${JSON.stringify(wanted)}, options)
      console.log(JSON.stringify({ path, mb: process.resourceUsage().maxRSS * 1024 / 1e6 }))`
    // The flag makes V8 collect what it read soon, so that what is counted is what is held: without
    // it up to 64 MB of garbage lie about.
    const flags = [
      '--disable-warning=ExperimentalWarning',
      '--max-semi-space-size=1',
      '--input-type=module',
      '-e',
      code,
    ]
    const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
    return JSON.parse(await text(child.stdout)) as { mb: number; path: string }
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
