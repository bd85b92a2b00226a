import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { oneServer } from './one-server/stage.ts'
import type { OneServer } from './one-server/stage.ts'

let seen: OneServer
beforeAll(async () => {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))
  const { made } = await runStages(plan, [oneServer], { quiet: true })
  seen = JSON.parse(readFileSync(made.get('one-server')!.outputs['seen']!, 'utf8')) as OneServer
})

/** One server, on this card. */
const on = (card: number) => ({ servers: seen.ids[card], jackds: 1 })
const said = (card: number, why: string) => ({
  told: expect.stringContaining(`JACK plays through ${seen.ids[card]}: ${why}`) as string,
})
const [small, large] = [0, 1]

test('of two sound cards that are there at the boot JACK plays through the one with the most channels', () => {
  expect(seen.at_boot).toMatchObject({ ...on(large), ...said(large, 'it has the most channels') })
})

test('when that one is pulled out JACK plays through the other one, until it is back', () => {
  expect(seen.large_out).toMatchObject({ ...on(small), ...said(small, 'it is the only one') })
  expect(seen.large_back).toMatchObject({
    ...on(large),
    ...said(large, 'it is the one that JACK has had'),
  })
})

test('a card that JACK does not play through comes and goes, and the server stays', () => {
  expect(seen.small_out).toMatchObject(on(large))
  expect(seen.small_back).toMatchObject(on(large))
  expect(seen.small_back.program).toEqual(seen.large_back.program)
})

test('JACK plays through the card that it is told', () => {
  expect(seen.asked_for).toMatchObject({
    ...on(small),
    ...said(small, 'it is the one that JACK has had'),
  })
})

test('without a card there is no server, and the journal says so', () => {
  expect(seen.both_out).toMatchObject({
    servers: '',
    jackds: 0,
    told: 'JACK waits for a sound card',
  })
  expect(seen.both_out.program.running).toBe(0)
  expect(seen.both_out.waits).toContain('JACK waits for its sound card')
})

test('whichever is plugged in first keeps the server when the other one comes', () => {
  // the first one has the id that both of them would have
  const [first, second] = seen.ids
  for (const { servers, jackds } of [seen.large_first, seen.then_small])
    expect({ servers, jackds }).toEqual({ servers: first, jackds: 1 })
  expect(seen.large_first.told).toBe(
    `JACK plays through ${first}: it is the only one (channels: ${first} 8)`,
  )
  expect(seen.then_small.told).toBe(
    `JACK plays through ${first}: it is the one that JACK has had (channels: ${first} 8, ${second} 2)`,
  )
  expect(seen.small_first).toMatchObject(on(small))
  expect(seen.then_large).toMatchObject({
    ...on(small),
    ...said(small, 'it is the one that JACK has had'),
  })
})

test('a program that is started with JACK ends with it, and is started again with it', () => {
  const { at_boot, large_out, large_back } = seen
  for (const { program } of [at_boot, large_out, large_back]) expect(program.running).toBe(1)
  expect(large_out.program.started).toBe(at_boot.program.started + 1)
  expect(large_back.program.started).toBe(at_boot.program.started + 2)
})

test('a server that fails again and again is given up, and the journal says why', () => {
  const { given_up } = seen
  expect(given_up.state).not.toBe('success')
  expect(Number(given_up.starts)).toBeLessThanOrEqual(5)
  expect(given_up.journal).toMatch(/^JACK has failed again and again on the sound card \w+, .*: .+/)
  expect(given_up.doctor).toContain('JACK has failed again and again')
  expect(given_up.journal).not.toContain('fair_server')
})

test('when a card comes, JACK that was given up is tried again', () => {
  expect(seen.tried_again).toMatchObject(on(small))
})

test('a program that fails again and again is given up, too', () => {
  expect(seen.program_given_up).toBe('exit-code')
})

test('on a machine with fewer processors than the boards have, JACK is bound to none', () => {
  expect(seen.cores).toBe('CPUAffinity=\n2')
})
