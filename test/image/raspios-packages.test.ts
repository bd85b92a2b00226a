import { afterAll, beforeAll, expect, test } from 'vitest'
import { raspberryPi } from '../stand-in/raspberry-pi.ts'
import type { RaspberryPi } from '../stand-in/raspberry-pi.ts'
import { against } from './raspios.ts'

// Against a stand-in for Raspberry Pi's servers, as raspios.test.ts.
let pi: RaspberryPi
let own: string
beforeAll(async () => {
  pi = await raspberryPi()
  own = pi.repository()
})
afterAll(() => pi.close())

const until = async (packages: string): ReturnType<typeof against> =>
  await against(pi, own, [
    'build',
    '--base',
    'raspios-lite-arm64',
    '--set',
    'board=pi3b',
    '--set',
    'jack.period=1024',
    '--set',
    `packages=[${packages}]`,
    '--until',
    'packages',
  ])

test('packages of the archives that the published image names are found: Debian’s, and its own', async () => {
  const { status, said } = await until('puredata, raspi-config')
  expect(said).toContain('✔ packages: made')
  expect(status).toBe(0)
})

test('a package that none of them has is refused, before anything is compiled', async () => {
  const { status, said } = await until('naano, raspi-confg')
  expect(said).toContain('there is no package naano in trixie (did you mean "nano"?)')
  expect(said).toContain('there is no package raspi-confg in trixie (did you mean "raspi-config"?)')
  expect(said).not.toContain('- kernel:')
  expect(status).toBe(2)
})
