import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { checkPrograms } from '../../scripts/session/host.ts'
import { repository } from './fixtures.ts'

const container = readFileSync(join(repository, 'Containerfile'), 'utf8')
const page = readFileSync(join(repository, 'docs/container.md'), 'utf8')

afterEach(() => void vi.unstubAllEnvs())

test('the container has the Debian packages that a build asks for', () => {
  vi.stubEnv('PATH', '')
  const installed = /apt-get install [^&]*/.exec(container)![0].split(/[\s\\]+/)
  const asked = checkPrograms().flatMap((check) => check.package ?? [])
  expect(asked).toContain('mmdebstrap')
  for (const name of [...asked, 'debian-archive-keyring', 'npm', 'uidmap'])
    expect(installed).toContain(name)
})

test('its folders are those that the page says are given to it', () => {
  const [, cache, work] = /DOWNBEAT_CACHE=(\S+) DOWNBEAT_OUT=(\S+)\/out/.exec(container)!
  expect(page).toContain(`-v "$PWD:${work}" -v downbeat-cache:${cache}`)
  expect(container).toContain(`WORKDIR ${work}\n`)
  expect(container).toContain(`VOLUME ${cache}\n`)
})

test('nothing of a clone but its files goes into it', () => {
  const left = readFileSync(join(repository, '.dockerignore'), 'utf8').trim().split('\n')
  expect(left).toEqual(['.git', 'node_modules', 'out'])
})
