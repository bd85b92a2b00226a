import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, planOf, repository, temporaryFolder } from './fixtures.ts'

const settings = (): string =>
  filesOf(
    planOf({ 'image.yaml': 'board: [pi3b, pi4b]\nsoundcard: usb\n' }, ['kernel.source=packaged']),
  ).get('/usr/share/downbeat/packaged-kernel')!

/** A root with the kernels of these releases, as Debian's packages lay them. */
function rootWith(...releases: string[]): {
  root: string
  write: (path: string, text: string) => void
} {
  const root = temporaryFolder()
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  write('usr/share/downbeat/packaged-kernel', settings())
  write('boot/firmware/config.txt', 'kernel=kernel8.img\n')
  for (const release of releases) {
    write(`usr/lib/modules/${release}/modules.dep`, '')
    write(`boot/vmlinuz-${release}`, `kernel ${release}`)
    write(`boot/initrd.img-${release}`, `initramfs ${release}`)
    for (const tree of ['bcm2837-rpi-3-b', 'bcm2711-rpi-4-b', 'bcm2712-rpi-5-b'])
      write(`usr/lib/linux-image-${release}/broadcom/${tree}.dtb`, `${tree} ${release}`)
  }
  return { root, write }
}

const take = (root: string, release: string): void =>
  void execFileSync(
    join(repository, 'templates/root/usr/lib/downbeat/take-kernel'),
    [root, release],
    { stdio: 'pipe' },
  )
const boot = (root: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(root, 'boot/firmware'))
      .sort()
      .map((name) => [name, readFileSync(join(root, 'boot/firmware', name), 'utf8')]),
  )
const taken = (release: string): Record<string, string> => ({
  'bcm2711-rpi-4-b.dtb': `bcm2711-rpi-4-b ${release}`,
  'bcm2837-rpi-3-b.dtb': `bcm2837-rpi-3-b ${release}`,
  'config.txt': 'kernel=kernel8.img\n',
  initramfs8: `initramfs ${release}`,
  'kernel8.img': `kernel ${release}`,
})

test('a kernel of a package goes onto the boot partition, with its initramfs and the trees of its boards', () => {
  const { root } = rootWith('6.12.9-rt-arm64')
  take(root, '6.12.9-rt-arm64')
  expect(boot(root)).toEqual(taken('6.12.9-rt-arm64'))
})

test('an upgrade takes its place, and an older one that is only kept does not', () => {
  const { root } = rootWith('6.12.9-rt-arm64', '6.12.10-rt-arm64')
  take(root, '6.12.10-rt-arm64')
  take(root, '6.12.9-rt-arm64')
  expect(boot(root)).toEqual(taken('6.12.10-rt-arm64'))
})

test('where it fails, what was there before stays', () => {
  const { root, write } = rootWith('6.12.9-rt-arm64')
  take(root, '6.12.9-rt-arm64')
  write('usr/lib/modules/6.12.10-rt-arm64/modules.dep', '')
  expect(() => take(root, '6.12.10-rt-arm64')).toThrow(/linux-image-6\.12\.10-rt-arm64/)
  expect(boot(root)).toEqual(taken('6.12.9-rt-arm64'))
})
