import { readdirSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { manifest } from '../../scripts/publish/imager.ts'
import { render } from '../../stages/configure/render.ts'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { resolve } from '../../lib/plan/resolve/resolve.ts'

// Every file that is rendered for image.yaml lies below image/, as it will be in the image, and what Raspberry Pi Imager is told of
// it (with sizes and hashes that no image has). Of a variant there is what differs from that, and gone.txt names what it has not. So a
// pull request shows what changes in whose image. After a change on purpose: node_modules/.bin/vitest run --project golden -u, and look
// at what git diff says.

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
// The variants, which are images of this repository, and choices that are here only to be seen.
const variants = ['variants', 'test/golden/choices'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => `${folder}/${file}`),
)

// The signature of the disk, which PARTUUIDs are made of, is a hash of the plan: with the true one every edit of a kernel
// fragment would change two files of each variant. So all goldens have this one. (That the files name the true one is a
// unit test.)
const signature = '5167a7e0'

/** Path and text of every file of an image. */
const filesOf = (choices: string): Map<string, string> => {
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
  const [image, packed] = ['1', '2'].map((digit) => ({ bytes: Number(digit), sha256: digit.repeat(64) }))
  const list = manifest(plan, image!, packed!, '2026-01-01', `https://example.org/${plan.name}.img.xz`)
  return new Map([
    ...files.map(({ where, path, text }) => [join(where, path), text] as const),
    ['rpi-imager-manifest.json', `${JSON.stringify(list, null, 2)}\n`] as const,
  ])
}

/** What of a variant is another text, or no file of image.yaml, and the names of what it has not. */
function differences(variant: ReadonlyMap<string, string>): Map<string, string> {
  const gone = [...whole.keys()].filter((path) => !variant.has(path))
  return new Map([
    ...[...variant].filter(([path, text]) => whole.get(path) !== text),
    ...(gone.length === 0 ? [] : [['gone.txt', gone.map((path) => `${path}\n`).join('')] as const]),
  ])
}

const whole = filesOf('image.yaml')
const goldens = new Map([['image.yaml', whole], ...variants.map((choices) => [choices, differences(filesOf(choices))] as const)])

describe.each([...goldens])('the image of %s', (choices, files) => {
  test.each([...files])('has %s as reviewed', async (path, text) => {
    await expect(text).toMatchFileSnapshot(join(here, basename(choices, '.yaml'), path))
  })
})

test('no file lies in test/golden/ that is not looked at (if there is one: git rm it)', () => {
  const expected = new Set([...goldens].flatMap(([choices, files]) => [...files.keys()].map((path) => join(basename(choices, '.yaml'), path))))
  const stale = readdirSync(here, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => relative(here, join(found.parentPath, found.name)))
    .filter((path) => path !== 'golden.test.ts' && !path.startsWith('choices/') && !expected.has(path))
  expect(stale).toEqual([])
})
