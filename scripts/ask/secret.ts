import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Interrupted, UserError } from '../../lib/common/words/errors.ts'
import { askWith, say } from '../session/print.ts'

/** The variables of the environment that a secret may be in. */
export const secrets = { user: 'DOWNBEAT_PASSWORD', wifi: 'DOWNBEAT_WIFI_PASSWORD' } as const

/**
 * A secret out of the environment, or typed without being shown. UserError where nobody can be
 * asked.
 */
export async function askSecret(what: string, variable: string): Promise<string> {
  const given = process.env[variable]
  if (given !== undefined) return given
  if (!process.stdin.isTTY)
    throw new UserError(`${what}: there is no terminal to ask at; put it into ${variable}`)
  askWith(`${what}: `)
  const stop = new AbortController()
  // readline echoes to its output, and this one shows nothing
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true })
  prompt.once('SIGINT', () => stop.abort()).once('close', () => stop.abort())
  try {
    return await prompt.question('', { signal: stop.signal })
  } catch {
    throw new Interrupted('stopped', 'nothing was written')
  } finally {
    prompt.close()
    say('')
  }
}
