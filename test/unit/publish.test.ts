import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../lib/plan.ts'
import { publish, stageRecord } from '../../lib/publish.ts'
import { temporaryFolder, write } from './fixtures.ts'

const plan = { name: 'pi4b-usb' } as Plan
const record = { name: 'pi4b-usb', stages: {}, files: {}, proofs: [], boots: [] }

function built() {
  const root = temporaryFolder()
  write(root, { 'cache/disk.img': 'a disk', 'cache/packages.lock': 'bash 5\n', 'debs/jackd1.deb': 'one', 'debs/jackd2.deb': 'two' })
  const folder = join(root, 'images/pi4b-usb')
  return {
    folder,
    disk: join(root, 'cache/disk.img'),
    put: (made = 'cache', said = record) => publish(folder, { image: join(root, made), packages: join(root, 'debs') }, plan, said),
    root,
  }
}

describe('what is published', () => {
  test('is the image with its plan, its record, its list of packages and the packages of our own, and nothing else', () => {
    const { folder, put } = built()
    expect(put()).toBe(join(folder, 'pi4b-usb.img'))
    expect(readdirSync(folder).sort()).toEqual(['build.json', 'packages', 'packages.lock', 'pi4b-usb.img', 'plan.json'])
    expect(readFileSync(join(folder, 'pi4b-usb.img'), 'utf8')).toBe('a disk')
    expect(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))).toEqual(plan)
    expect(JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8'))).toEqual(record)
    expect(readFileSync(join(folder, 'packages.lock'), 'utf8')).toBe('bash 5\n')
    expect(readdirSync(join(folder, 'packages'))).toEqual(['jackd1.deb', 'jackd2.deb'])
  })

  test('is the very file of the cache, and nobody can write to it by mistake', () => {
    const { disk, put } = built()
    const image = statSync(put())
    expect(image.ino).toBe(statSync(disk).ino)
    expect(image.mode & 0o777).toBe(0o444)
  })

  test('may be published again, as it was or with another image', () => {
    const { put, root, folder } = built()
    put()
    const image = put()
    expect(readFileSync(image, 'utf8')).toBe('a disk')
    write(root, { 'other/disk.img': 'another disk', 'other/packages.lock': 'bash 6\n' })
    rmSync(join(root, 'debs/jackd1.deb'))
    put('other', { ...record, name: 'again' })
    expect(readFileSync(image, 'utf8')).toBe('another disk')
    expect(JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8'))).toMatchObject({ name: 'again' })
    expect(readdirSync(join(folder, 'packages'))).toEqual(['jackd2.deb'])
    expect(readdirSync(folder)).toHaveLength(5)
  })

  test('leaves the image of the cache whole when another one takes its place', () => {
    const { put, root, disk } = built()
    put()
    write(root, { 'other/disk.img': 'another disk', 'other/packages.lock': 'bash 6\n' })
    put('other')
    expect(readFileSync(disk, 'utf8')).toBe('a disk')
  })

  test('takes the place of what a killed build has left half done', () => {
    const { put, folder } = built()
    write(folder, { 'pi4b-usb.img.999999999.half': 'half', 'plan.json.999999999.half': 'half', 'packages.999999999.half/a.deb': 'half' })
    chmodSync(join(folder, 'pi4b-usb.img.999999999.half'), 0o444)
    expect(readFileSync(put(), 'utf8')).toBe('a disk')
    expect(readdirSync(folder).filter((name) => name.endsWith('.half'))).toEqual([])
  })
})

test('the record of a stage says what it cost: seconds, seconds of the processor, MiB', () => {
  const entry = { stage: 'kernel', key: 'k', outputs: {}, wall_s: 12.3456, usage: { user: 100.111, system: 20.333, peak_kib: 1536 } }
  expect(stageRecord(entry, true)).toEqual({ key: 'k', cached: true, wall_s: 12.35, cpu_s: 120.44, peak_mib: 1.5 })
})
