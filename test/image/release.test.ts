import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import type { BuildRecord } from '../../scripts/publish/publish.ts'
import { OsList } from '../../lib/plan/schema/os-list.ts'
import { runStages } from '../../scripts/session/session.ts'
import { downbeat, root } from '../downbeat.ts'
import { released } from './released.ts'

let said: string[]
beforeAll(async () => {
  const { made } = await runStages(
    resolve(openCatalogue(root), join(root, 'image.yaml')),
    [released],
    { quiet: true },
  )
  said = readFileSync(made.get('released')!.outputs['said']!, 'utf8').split('\n')
})

/** The rest of the line that begins with these words. */
const answer = (words: string): string | undefined =>
  said.find((line) => line.startsWith(`${words} `))?.slice(words.length + 1)

describe('what is packed for release', () => {
  test.each(['xz', 'zst'])('unpacks into the very image (.%s)', (kind) => {
    expect(answer(`${kind} holds`)).toMatch(/^[0-9a-f]{64} /)
    expect(answer(`${kind} holds`)).toBe(answer('image is'))
  })

  test.each(['xz', 'zst'])('has the same bytes whatever the number of cores (.%s)', (kind) => {
    const [one, two] = [1, 2].map((jobs) => answer(`${kind} by ${jobs} is`))
    expect(one).toMatch(/^[0-9a-f]{64} /)
    expect(two).toBe(one)
  })
})

describe('written by its block map to a card that was full of something else, the image', () => {
  test('is the image: what was not written holds nothing', () => {
    expect(answer('different')).toBe('0')
    const [mapped, blocks] = answer('mapped')!.split(' of ').map(Number)
    expect(Number(answer('left as they were'))).toBe(blocks! - mapped!)
    expect(mapped).toBeLessThan(blocks! * 0.6)
  })

  test('has file systems without a fault', () => {
    expect(said).toEqual(expect.arrayContaining(['fat has no fault', 'ext4 has no fault']))
  })

  test('has the same files, and the same journal', () => {
    expect(Number(answer('files'))).toBeGreaterThan(3000)
    expect(said).toContain('files are the same')
  })
})

describe('./downbeat build --release', () => {
  const folder = join(root, 'out/images/downbeat')
  const build = (...args: string[]): BuildRecord => {
    const { status, out, err } = downbeat(['build', '--json', ...args])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    return JSON.parse(out) as BuildRecord
  }

  test('puts beside the image what its sums and its manifest say', () => {
    const { files } = build('--release')
    expect(
      spawnSync('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], {
        cwd: folder,
        encoding: 'utf8',
      }),
    ).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    })
    const [entry] = OsList.parse(
      JSON.parse(readFileSync(join(folder, 'downbeat.rpi-imager-manifest'), 'utf8')),
    ).os_list
    expect(entry).toMatchObject({
      url: `file://${folder}/downbeat.img.xz`,
      extract_size: files['downbeat.img']!.bytes,
      extract_sha256: files['downbeat.img']!.sha256,
      image_download_size: files['downbeat.img.xz']!.bytes,
      image_download_sha256: files['downbeat.img.xz']!.sha256,
    })
  })

  test('has the page about the image beside it, of these files', () => {
    const page = readFileSync(join(folder, 'report.html'), 'utf8')
    expect(page).toContain(build().files['downbeat.img.xz']!.sha256)
  })

  test('is kept by a build of the same image without it', () => {
    const { files } = build()
    expect(existsSync(join(folder, 'downbeat.img.xz'))).toBe(true)
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        'downbeat.img.xz',
        'downbeat.img.zst',
        'downbeat.bmap',
        'downbeat.info',
      ]),
    )
  })
})
