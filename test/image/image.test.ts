import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Plan } from '../../lib/plan/plan.ts'
import { titleOf, proofsOf } from '../../lib/plan/proofs/proof.ts'
import { builtRecord, downbeat, root } from '../downbeat.ts'

const folder = join(root, 'out/images/downbeat')
const image = join(folder, 'downbeat.img')
const record = builtRecord()
const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as Plan

test('every proof of every tuning in force was tried, but for those that need a real board, and passed', () => {
  expect(record.proofs.filter(({ passed }) => !passed)).toEqual([])
  const tried = new Set(record.proofs.map(({ tuning, proof }) => `${tuning}: ${proof}`))
  const promised = proofsOf(plan.tunings).filter(
    ({ proof }) => proof.on === 'boot' || proof.on === 'card',
  )
  expect(promised.length).toBeGreaterThan(30)
  expect(
    promised
      .map(({ tuning, proof }) => `${tuning.id}: ${titleOf(proof)}`)
      .filter((one) => !tried.has(one)),
  ).toEqual([])
})

test('the image was booted on an emulated Pi 3 and Pi 4, and heard', () => {
  expect(record.boots.map(({ machine }) => machine)).toEqual(['raspi3b', 'raspi4b', 'virt'])
  const sound = record.proofs.filter(({ tuning }) => tuning === 'sound')
  const heard = sound.map(({ proof }) => proof)
  expect(new Set(sound.map(({ where }) => where))).toEqual(
    new Set(['raspi3b', 'raspi4b', 'virt', 'virt, plugged in again']),
  )
  expect(heard).toEqual(
    expect.arrayContaining(['the tone has its frequency', 'the tone has its level']),
  )
})

test('the running system was asked, not only the files of the image', () => {
  const realtime = record.proofs.filter(
    ({ tuning, where }) => tuning === 'realtime-kernel' && where === 'raspi3b',
  )
  expect(realtime.map(({ seen }) => seen.trim())).toEqual(
    expect.arrayContaining([expect.stringMatching(/PREEMPT_RT/), '1']),
  )
})

test('for each board, every device of its trees was looked for a driver of', () => {
  const looked = record.proofs.filter(({ proof }) => proof.startsWith('every device of '))
  expect(looked.map(({ proof }) => proof)).toEqual(
    plan.boards.map(({ name }) => `every device of ${name} has a driver`),
  )
  for (const { seen } of looked) expect(seen).toMatch(/^\d{2} devices: \d+ module, \d\d built in, /)
})

test('build.json gives the size and the sha256 that the image has', () => {
  const written = record.files['downbeat.img']!
  expect(written.bytes).toBe(statSync(image).size)
  expect(written.sha256).toBe(createHash('sha256').update(readFileSync(image)).digest('hex'))
})

test('build.json and plan.json say which source the kernel was compiled from, and its hash', () => {
  const { kernel } = record
  expect(kernel!.linux).toMatch(/^6\.12\.\d+$/)
  expect(kernel!.version).toMatch(/^6\.12\.\d+-/)
  expect(kernel!.sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(kernel!.listed).toMatch(/^6\.12\./)
  expect(plan.kernel!.taken).toEqual(kernel)
})

test('booting the image has not changed it: it is still read-only and as it was made', () => {
  expect(statSync(image).mode & 0o222).toBe(0)
})

test('build.json tells what each stage cost, its children included', () => {
  const { kernel, rootfs, image: disk } = record.stages
  expect(kernel!.cpu_s).toBeGreaterThan(10)
  expect(kernel!.peak_mib).toBeGreaterThan(50)
  expect(rootfs!.cpu_s).toBeGreaterThan(3)
  expect(disk!.cpu_s).toBeGreaterThan(0.1)
  expect(Object.keys(record.stages)).toEqual(
    expect.arrayContaining([
      'toolbox',
      'firmware',
      'overlays',
      'tools',
      'configure',
      'verify',
      'boot',
      'sound',
    ]),
  )
})

test('a second build finds everything made and makes nothing', () => {
  const { status, out, err } = downbeat(['build', '--boot', '--json'])
  expect(err).toBe('')
  expect(status).toBe(0)
  const again = JSON.parse(out) as typeof record
  expect(Object.values(again.stages).every(({ cached }) => cached)).toBe(true)
  expect(again.files).toEqual(record.files)
})
