import { readdirSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { manifest } from '../../scripts/publish/imager.ts'
import { render } from '../../stages/configure/render.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'

// Every file that is rendered for image.yaml and for each variant lies below this folder, as it will be in the image, and so
// does what Raspberry Pi Imager is told of it (with sizes and hashes that no image has), so
// that a pull request shows what changes in whose image. After a change on purpose: node_modules/.bin/vitest run
// --project golden -u, and look at what git diff says.

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const variants = readdirSync(join(root, 'variants')).filter((file) => file.endsWith('.yaml')).map((file) => `variants/${file}`)

// The signature of the disk, which PARTUUIDs are made of, is a hash of the plan: with the true one every edit of a kernel
// fragment would change two files of each variant. So all goldens have this one. (That the files name the true one is a
// unit test.)
const signature = '5167a7e0'

const filesOf = (choices: string): { path: string; text: string }[] => {
  const plan = resolve(openCatalogue(root), join(root, choices))
  const { templates, view } = plan.configure
  const named = (device: string): string => device.replace(view.disk.signature, signature).replace(/^UUID=.*/, 'UUID=of-this-image')
  const { root_device, fstab_root, boot_device } = view.disk
  const disk = {
    ...view.disk,
    signature,
    root_device: named(root_device),
    fstab_root: named(fstab_root),
    boot_device: named(boot_device),
  }
  const files = render({ templates, view: { ...view, disk } })
  const name = basename(choices, '.yaml')
  const [image, packed] = ['1', '2'].map((digit) => ({ bytes: Number(digit), sha256: digit.repeat(64) }))
  const list = manifest(plan, image!, packed!, '2026-01-01', `https://example.org/${plan.name}.img.xz`)
  return [
    ...files.map(({ where, path, text }) => ({ path: join(name, where, path), text })),
    { path: join(name, 'rpi-imager-manifest.json'), text: `${JSON.stringify(list, null, 2)}\n` },
  ]
}

const goldens = new Map(['image.yaml', ...variants].map((choices) => [choices, filesOf(choices)]))

describe.each([...goldens])('the image of %s', (_, files) => {
  test.each(files)('has $path as reviewed', async ({ path, text }) => {
    await expect(text).toMatchFileSnapshot(join(here, path))
  })
})

test('no file lies in test/golden/ that no variant has any more (if there is one: git rm it)', () => {
  const expected = new Set([...goldens.values()].flat().map(({ path }) => path))
  const stale = readdirSync(here, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => relative(here, join(found.parentPath, found.name)))
    .filter((path) => path !== 'golden.test.ts' && !expected.has(path))
  expect(stale).toEqual([])
})
