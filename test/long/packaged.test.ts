import { expect, test } from 'vitest'
import { downbeat } from '../downbeat.ts'
import { recordOf } from '../image/variants.ts'

// Nothing is compiled for it, but its initramfs is made of programs of the root, where others stand in
// for some while it is made.
test("an image with Debian's own realtime kernel comes through its initramfs, and all its proofs pass", () => {
  const name = 'packaged'
  const sets = [`name=${name}`, 'board=[pi3b, pi4b]', 'kernel.source=packaged']
  const { status, err } = downbeat([
    'build',
    '--boot',
    '--quiet',
    ...sets.flatMap((set) => ['--set', set]),
  ])
  expect(err).toBe('')
  expect(status).toBe(0)
  const { proofs, boots } = recordOf(name)
  expect(proofs.filter(({ passed }) => !passed)).toEqual([])
  expect(boots.map(({ machine }) => machine).sort()).toEqual(['raspi3b', 'raspi4b', 'virt'])
})
