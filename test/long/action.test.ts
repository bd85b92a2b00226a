import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BuildRecord } from '../../scripts/publish/publish.ts'
import { cacheFolder } from '../../scripts/session/session.ts'
import { runAction } from '../action.ts'
import { root } from '../downbeat.ts'

// A repository that holds the example has a tag, and our action builds, proves, packs and releases its
// image. test/action.ts stands in for the runner, and a script for `gh`. The boot is in other tests.

const folder = mkdtempSync(join(tmpdir(), 'downbeat-action-'))
const workspace = join(folder, 'work')
const made = join(workspace, 'out/images/my-image')
let ran: ReturnType<typeof runAction>

beforeAll(() => {
  cpSync(join(root, 'examples/my-image'), workspace, { recursive: true })
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  // there is no release yet; what is uploaded has to be there
  writeFileSync(
    join(bin, 'gh'),
    `#!/bin/sh\nprintf '%s\\n' "$*" >>'${folder}/gh'\n[ "$2" != view ] || exit 1\nshift 2\nfor word; do case $word in /*) cp "$word" '${folder}/asset' || exit 1 ;; esac; done\n`,
  )
  chmodSync(join(bin, 'gh'), 0o755)
  ran = runAction({
    workspace,
    temporary: join(folder, 'runner'),
    inputs: { boot: 'false', release: 'true' },
    environment: {
      PATH: `${bin}:${process.env['PATH']}`,
      DOWNBEAT_CACHE: cacheFolder(),
      GITHUB_REF_TYPE: 'tag',
      GITHUB_REF_NAME: 'v1',
    },
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every step comes, and none fails', () => {
  expect(ran.failed, ran.said).toBe(false)
  expect(ran.came.map(({ what }) => what)).toEqual([
    'ci prepare',
    'actions/cache/restore',
    'ci build',
    'actions/cache/save',
    'actions/upload-artifact',
    'ci release',
    'ci summary',
  ])
})

test('the outputs name the image, its sum, and the file for Raspberry Pi Imager', () => {
  const { files } = JSON.parse(readFileSync(join(made, 'build.json'), 'utf8')) as BuildRecord
  expect(ran.outputs).toEqual({
    image: join(made, 'my-image.img'),
    sha256: files['my-image.img']!.sha256,
    manifest: join(made, 'my-image.rpi-imager-manifest'),
    folder: made,
    figures: '',
  })
  const upload = ran.came.find(({ what }) => what === 'actions/upload-artifact')!.with
  expect(upload).toMatchObject({
    name: 'downbeat',
    path: `${made}\n!${join(made, 'my-image.img')}`,
    'compression-level': '0',
  })
})

test('the files of the release have addresses of the release', () => {
  const manifest = JSON.parse(readFileSync(ran.outputs['manifest']!, 'utf8')) as {
    os_list: { url: string }[]
  }
  const address = 'https://github.com/somebody/music/releases/download/v1/my-image.img.xz'
  expect(manifest.os_list.map(({ url }) => url)).toEqual([address])
})

test('a release is a draft until every file is in it', () => {
  const said = readFileSync(join(folder, 'gh'), 'utf8').trim().split('\n')
  expect(said[0]).toBe('release view v1')
  expect(said[1]).toMatch(/^release create v1 --verify-tag --generate-notes --draft \//)
  expect(said[2]).toBe('release edit v1 --draft=false')
  const files = said[1]!.split(' ').filter((word) => word.startsWith('/'))
  expect(files.map((file) => basename(file)).sort()).toEqual([
    'my-image.SHA256SUMS',
    'my-image.bmap',
    'my-image.img.xz',
    'my-image.img.zst',
    'my-image.info',
    'my-image.report.html',
    'my-image.rpi-imager-manifest',
    'os_list.json',
  ])
})

test('the summary has a row for the image', () => {
  const row = ran.summary.split('\n').find((line) => line.startsWith('| my-image |'))!
  expect(row).toContain(ran.outputs['sha256'])
  expect(row).toMatch(/ \d+ MB \| \d+ MB \| (\d+) of \1 passed \| none \| [\d.]+ ms \|/)
})
