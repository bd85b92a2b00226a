import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { downbeat } from '../downbeat.ts'

test('the readers of settings take 5,000 odd files of every form, the same each time', () => {
  const out = mkdtempSync(join(tmpdir(), 'downbeat-fuzz-'))
  onTestFinished(() => rmSync(out, { recursive: true }))
  const said = downbeat(['fuzz', 'settings', '--runs', '5000', '--seed', '20261130'], {
    env: { DOWNBEAT_OUT: out },
  })
  expect(said.err).not.toContain('wrong: ')
  expect(said.out).toMatch(/^settings: \d+ inputs from seed 20261130, 0 found$/m)
  expect(said.status).toBe(0)
})
