import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { copyRepository, root } from '../downbeat.ts'
import { raspios } from './raspios.ts'
import type { StandIn as Facts } from './raspios.ts'
import { serve } from './server.ts'
import type { StandIn } from './server.ts'

const hosts = [
  'https://downloads.raspberrypi.com',
  'https://www.raspberrypi.org',
  'http://archive.raspberrypi.com',
]

/** Raspberry Pi's servers, as far as this machine is concerned. */
export interface RaspberryPi extends Facts {
  server: StandIn
  /** the folders that are served, named by host */
  folder: string
  /** path of the image on the server */
  image: string
  /** a copy of this repository whose base pins the stand-in, with more edits of its file */
  repository(edit?: (base: string) => string): string
  /** what sends a build to these servers */
  env: Record<string, string>
  close(): Promise<void>
}

/** What Debian's packages and the kernel in the image are of. */
const choices = { arm64: [], armhf: ['base=debian-trixie-armhf', 'board=pi2b'] }

/**
 * Makes the image and the archive, unless they are in the cache, and serves them. `mirror`: where
 * Debian's packages come from.
 */
export async function raspberryPi(
  arch: keyof typeof choices = 'arm64',
  mirror?: string,
): Promise<RaspberryPi> {
  const { made } = await runStages(
    resolve(openCatalogue(root), join(root, 'image.yaml'), choices[arch], { mirror }),
    [raspios],
    { quiet: true },
  )
  const { servers, facts: file } = made.get('raspios')!.outputs as {
    servers: string
    facts: string
  }
  const facts = JSON.parse(readFileSync(file, 'utf8')) as Facts
  const server = await serve({ folder: servers })
  const copies: string[] = []
  const repository: RaspberryPi['repository'] = (edit = (base) => base) => {
    const copy = mkdtempSync(join(tmpdir(), 'downbeat-raspios-'))
    copies.push(copy)
    copyRepository(copy)
    const base = join(copy, `bases/raspios-lite-${arch}.yaml`)
    const pinned = readFileSync(base, 'utf8')
      .replace(/^( +sha256: ).*/m, `$1${facts.sha256}`)
      .replace(/^( +unpacked_sha256: ).*/m, `$1${facts.unpacked_sha256}`)
      .replace(/^( +fingerprint: ).*/m, `$1${facts.fingerprint}`)
    writeFileSync(base, edit(pinned))
    return copy
  }
  return {
    ...facts,
    server,
    folder: servers,
    image: `/downloads.raspberrypi.com/${facts.path}`,
    repository,
    env: {
      ...(mirror === undefined ? {} : { DOWNBEAT_MIRROR: mirror }),
      DOWNBEAT_MIRRORS: hosts
        .map((host) => `${host}=${server.url}/${host.replace(/^.*\/\//, '')}`)
        .join(' '),
    },
    async close() {
      await server.close()
      for (const copy of copies) rmSync(copy, { recursive: true, force: true })
    },
  }
}
