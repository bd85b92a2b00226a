import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { runStages } from '../../scripts/session/session.ts'
import { root } from '../downbeat.ts'
import { onCable } from './cable/stage.ts'
import type { CableSeen } from './cable/stage.ts'

let seen: CableSeen
beforeAll(async () => {
  const plan = resolve(openCatalogue(root), join(root, 'image.yaml'))
  const { made } = await runStages(plan, [onCable], { quiet: true })
  seen = JSON.parse(readFileSync(made.get('on-cable')!.outputs['seen']!, 'utf8')) as CableSeen
})

test('on a cable without a router the card takes an address of the link, and answers to its name there', () => {
  const [, address] = /^address (169\.254\.\d+\.\d+)$/m.exec(seen.alone)!
  expect(seen.alone).toContain(`downbeat.local ${address}\n`)
  expect(seen.own.alone).toBe(`downbeat.local is ${address} in the network of ${address}`)
})

test('a router that comes later gives it an address, and the name goes with it', () => {
  expect(seen.routed).toContain('leased 10.77.0.2\n')
  expect(seen.routed).toContain('downbeat.local 10.77.0.2\n')
  expect(seen.own.routed).toBe('downbeat.local is 10.77.0.2 in the network of 10.77.0.2')
})

test('the network that comes is asked for the time, once, and the next boot begins at it', () => {
  expect(seen.before).not.toBe('2031')
  expect(seen.routed).toMatch(/^asked \S*ntp\S*$/m)
  expect(seen.after).toMatch(/^2031-05-04T03:0\d$/)
  expect(seen.journal).toMatch(/has answered: the clock was wrong by \d+/)
  expect(seen.kept).toBe('2031')
})
