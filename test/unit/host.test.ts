import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HostError } from '../../lib/common/words/errors.ts'
import { checkHost, requireHost } from '../../scripts/session/host.ts'
import type { Check } from '../../scripts/session/host.ts'
import { temporaryFolder, write } from './fixtures.ts'

const good: Check = { what: 'program bash', ok: true, found: 'there' }
const missing = (program: string, debian: string): Check => ({
  what: `program ${program}`,
  ok: false,
  found: 'missing',
  package: debian,
  mend: `apt-get install ${debian}`,
})
const refused = (checks: Check[]): HostError => {
  try {
    requireHost(checks)
  } catch (error) {
    expect(error).toBeInstanceOf(HostError)
    return error as HostError
  }
  throw new Error('nothing was refused')
}

describe('a machine', () => {
  test('that has everything may build', () => {
    expect(() => requireHost([])).not.toThrow()
    expect(() => requireHost([good])).not.toThrow()
  })

  test('that lacks programs is told them all, and one command that installs each package once', () => {
    const { message, mend, exitCode } = refused([
      good,
      missing('mmdebstrap', 'mmdebstrap'),
      missing('unshare', 'util-linux'),
      missing('flock', 'util-linux'),
    ])
    expect(message).toBe(
      'program mmdebstrap: missing\n  program unshare: missing\n  program flock: missing',
    )
    expect(mend).toBe('sudo apt-get update && sudo apt-get install -y mmdebstrap util-linux')
    expect(exitCode).toBe(3)
  })

  test('that forbids something is told the command that allows it', () => {
    const { message, mend } = refused([
      good,
      {
        what: 'user namespaces',
        ok: false,
        found: 'not allowed here (Operation not permitted)',
        mend: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
      },
    ])
    expect(message).toBe('user namespaces: not allowed here (Operation not permitted)')
    expect(mend).toBe('sudo sysctl -w kernel.unprivileged_userns_clone=1')
  })

  test('that lacks a program and forbids something is told the program first, because it may be all', () => {
    expect(
      refused([
        { what: 'user namespaces', ok: false, found: 'x', mend: 'y' },
        missing('time', 'time'),
      ]).mend,
    ).toBe('sudo apt-get update && sudo apt-get install -y time')
  })
})

describe('the questions to this machine', () => {
  test('have an answer each, and a "no" has the command that mends it', async () => {
    const checks = await checkHost(temporaryFolder())
    expect(checks.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['program mmdebstrap', 'program flock', "keys of Debian's archive"]),
    )
    for (const { what, ok, found, mend } of checks) {
      expect(found, what).not.toBe('')
      expect(mend === undefined, what).toBe(ok)
    }
  })

  test('are answered with "no" and the package for a program that is in no folder of PATH', async () => {
    const before = process.env['PATH']
    onTestFinished(() => void (process.env['PATH'] = before))
    const bin = temporaryFolder()
    write(bin, { mmdebstrap: '#!/bin/sh\n', id: '#!/bin/sh\necho somebody\n' })
    for (const program of ['mmdebstrap', 'id']) chmodSync(join(bin, program), 0o755)
    process.env['PATH'] = bin
    const checks = await checkHost(temporaryFolder())
    expect(checks).toContainEqual({ what: 'program mmdebstrap', ok: true, found: 'there' })
    expect(checks).toContainEqual({
      what: 'program setpriv',
      ok: false,
      found: 'missing',
      package: 'util-linux',
      mend: 'apt-get install util-linux',
    })
    expect(
      checks.map(({ what }) => what),
      'what needs the missing programs is not tried',
    ).not.toContain('user namespaces')
  })
})
