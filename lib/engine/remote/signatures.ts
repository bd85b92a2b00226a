import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

// OpenSSH's signatures (ssh-keygen(1), -Y): whoever has git has the program, and many a key lies in
// ~/.ssh already.

/** What a signature is good for: none of mail or of git counts here. */
const NAMESPACE = 'downbeat-result'

/** It never asks for a passphrase: a build waits for nobody. Such a key is used by an agent. */
const SSH_KEYGEN = ['SSH_ASKPASS=/bin/false', 'SSH_ASKPASS_REQUIRE=force', 'ssh-keygen']

const sshKeygen = (...args: string[]) =>
  promisify(execFile)('env', [...SSH_KEYGEN, ...args], { timeout: 60_000 })

/** Signs a text with a private key, by its file; an agent may have it (then the file is the public one). */
export const sign = (text: string, key: string): Promise<string> =>
  inFolder(async (folder) => {
    const file = join(folder, 'record')
    writeFileSync(file, text)
    await sshKeygen('-Y', 'sign', '-q', '-n', NAMESPACE, '-f', key, file).catch(() => {
      throw new Error(
        `${key} does not sign: one with a passphrase has to be in an agent (ssh-add), and its .pub named instead`,
      )
    })
    return readFileSync(`${file}.sig`, 'utf8')
  })

/**
 * Throws unless somebody has signed a text whom `signers` names: a file of allowed signers, a line
 * each (ssh-keygen(1), ALLOWED SIGNERS), which may say until when.
 */
export const verify = (text: string, signature: string, signers: string): Promise<void> =>
  inFolder(async (folder) => {
    const file = join(folder, 'signature')
    writeFileSync(file, signature)
    const { stdout } = await sshKeygen('-Y', 'find-principals', '-s', file, '-f', signers)
    const [who] = stdout.split('\n')
    const checking = sshKeygen(
      '-Y',
      'verify',
      '-n',
      NAMESPACE,
      '-I',
      who!,
      '-s',
      file,
      '-f',
      signers,
    )
    checking.child.stdin!.on('error', () => undefined)
    checking.child.stdin!.end(text)
    await checking
  })

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'downbeat-signature-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
