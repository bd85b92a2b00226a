import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readKernel, releaseOf } from '../../lib/prove/proof/kernel-config.ts'

const config = 'CONFIG_PREEMPT_RT=y\n# CONFIG_CPU_FREQ is not set\n'
const code = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 31) % 256))
const kernel = Buffer.concat([
  code,
  Buffer.from('IKCFG_ST'),
  gzipSync(config),
  Buffer.from('IKCFG_ED'),
  code,
])

test('a kernel tells the configuration that it carries', () => {
  expect(readKernel(kernel)).toEqual({ plain: kernel, config })
})

test('a compressed kernel tells it, too', () => {
  expect(readKernel(gzipSync(kernel))).toEqual({ plain: kernel, config })
})

test('a kernel that unpacks itself tells it, too: among code, and behind bytes that look like compressed ones', () => {
  expect(
    readKernel(
      Buffer.concat([code, Buffer.from([0x1f, 0x8b, 8, 0]), code, gzipSync(kernel), code]),
    ),
  ).toEqual({ plain: kernel, config })
})

test('a kernel without a configuration says which option puts it there', () => {
  const message = 'the kernel in the image carries no configuration (CONFIG_IKCONFIG)'
  expect(() => readKernel(code)).toThrow(message)
  expect(() => readKernel(gzipSync(code))).toThrow(message)
  expect(() => readKernel(Buffer.alloc(0))).toThrow(message)
  expect(() => readKernel(kernel.subarray(0, kernel.indexOf('IKCFG_ED')))).toThrow(message)
})

test('a kernel says its release, by which the folder of its modules is known', () => {
  const plain = Buffer.concat([
    code,
    Buffer.from('Linux version 6.12.107-rt15-downbeat (downbeat@downbeat) (gcc) #1 SMP\n\0'),
    Buffer.from('%s version %s (downbeat@downbeat)\0'),
  ])
  expect(releaseOf({ plain })).toBe('6.12.107-rt15-downbeat')
  for (const other of [code, Buffer.from('Linux version '), Buffer.from('Linux version ../x (')])
    expect(() => releaseOf({ plain: other })).toThrow('does not say its release')
})
