import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../../lib/common/words/errors.ts'
import { withoutSecrets } from '../../lib/common/words/secrets.ts'
import { visible } from '../../lib/common/words/visible.ts'
import type { Remote, RemoteSettings } from '../../lib/engine/remote/remote.ts'

/**
 * Where results of other machines are, by the environment: DOWNBEAT_REMOTE_CACHE has addresses with
 * spaces between them, DOWNBEAT_REMOTE_SIGNERS the file of those who are believed, and
 * DOWNBEAT_REMOTE_KEY the key that signs what is made here. undefined: nowhere. Throws UserError.
 */
export function remoteSettings(environment: NodeJS.ProcessEnv): RemoteSettings | undefined {
  const stores = (environment['DOWNBEAT_REMOTE_CACHE'] ?? '').split(/\s+/).filter(Boolean)
  if (stores.length === 0) {
    const idle = ['DOWNBEAT_REMOTE_SIGNERS', 'DOWNBEAT_REMOTE_KEY'].find(
      (name) => environment[name],
    )
    if (idle !== undefined && environment['DOWNBEAT_REMOTE_CACHE'] === undefined)
      throw new UserError(
        `${idle}: says nothing without DOWNBEAT_REMOTE_CACHE, which has to name a server (or unset ${idle})`,
      )
    return undefined
  }
  const mistakes = stores
    .filter((store) => !/^https?:$/.test(URL.parse(store)?.protocol ?? ''))
    .map(
      (store) =>
        `DOWNBEAT_REMOTE_CACHE: ${visible(withoutSecrets(store))}: expected an address that begins with https:// or http://`,
    )
  const file = (variable: string): string | undefined => {
    const named = environment[variable]
    if (named === undefined || named === '') return undefined
    const path = resolve(named)
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
      mistakes.push(`${variable}: ${visible(named)}: there is no such file`)
    return path
  }
  const signers = file('DOWNBEAT_REMOTE_SIGNERS')
  const key = file('DOWNBEAT_REMOTE_KEY')
  if (signers === undefined)
    mistakes.push(
      'DOWNBEAT_REMOTE_SIGNERS: has to name a file that says whose results are believed: a line "NAME KEY" each, with the text of a public SSH key (docs/remote-cache.md)',
    )
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
  return { stores, signers: signers!, key }
}

/** What reaches them. What it takes is large, and most builds have none. */
export async function remoteFor(
  settings: RemoteSettings | undefined,
  around: {
    cache: string
    proxies: Record<string, string>
    signal: AbortSignal
    say: (line: string) => void
  },
): Promise<Remote | undefined> {
  if (settings === undefined) return undefined
  const { openRemote } = await import('../../lib/engine/remote/remote.ts')
  const folder = join(around.cache, 'kept', 'remote')
  mkdirSync(folder, { recursive: true })
  return openRemote(settings, { ...around, folder })
}
