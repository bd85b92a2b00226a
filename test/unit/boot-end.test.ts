import { expect, test } from 'vitest'
import { StuckBoot, bootEnd } from '../../lib/prove/emulator/boot-end.ts'
import { createConsole } from '../../lib/prove/emulator/console.ts'

/** A system that is in these jobs at each look, and then in this state. */
function system(looks: readonly string[], state: string) {
  const asked: string[] = []
  let look = -1
  const answer = (command: string): string => {
    asked.push(command)
    if (command.includes('--wait'))
      return ++look < looks.length
        ? '124'
        : `[   12.3] first-boot[214]: done\n${state}\n${state === 'running' ? 0 : 1}`
    if (command.includes('; ( systemctl list-jobs')) return `${looks[look]}0`
    return command.includes('systemctl status') ? 'the answer to systemctl status\n0' : '0'
  }
  const console = createConsole((text) => {
    const mark = /echo "\$\?>>"(\d+)/.exec(text)![1]
    queueMicrotask(() => console.hear(`<<${mark}\n${answer(text)}>>${mark}\n`))
  })
  return { console, asked }
}

const job = (unit: string): string => `${unit} start running\n`

test('the end of a boot has the state that the system is in', async () => {
  expect(await bootEnd(system([], 'running').console)).toBe('running')
  expect(await bootEnd(system([], 'degraded').console)).toBe('degraded')
})

test('a boot that gets on is waited for, however slow it is', async () => {
  const looks = Array.from({ length: 50 }, (_, i) => job(`unit-${i}.service`))
  expect(await bootEnd(system(looks, 'running').console)).toBe('running')
})

test('a boot that does not get on is given up, with the jobs that it is in and what they say', async () => {
  const looks = [job('a.service'), ...Array.from({ length: 50 }, () => job('jackd@Device.service'))]
  const { console, asked } = system(looks, 'running')
  const error: unknown = await bootEnd(console).catch((failed: unknown) => failed)
  expect(error).toBeInstanceOf(StuckBoot)
  expect((error as Error).message).toContain(
    `the boot does not come to its end; for 120 seconds of its own it has waited for:\n${job('jackd@Device.service')}\nthe answer to systemctl status`,
  )
  expect(asked.filter((command) => command.includes('--wait'))).toHaveLength(6)
  expect(asked.at(-3)).toContain('systemctl status')
})
