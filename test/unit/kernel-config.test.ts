import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { kernelConfig } from '../../lib/prove/proof/kernel-config.ts'

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
  expect(kernelConfig(kernel)).toBe(config)
})

test('a compressed kernel tells it, too', () => {
  expect(kernelConfig(gzipSync(kernel))).toBe(config)
})

test('a kernel that unpacks itself tells it, too: among code, and behind bytes that look like compressed ones', () => {
  expect(
    kernelConfig(
      Buffer.concat([code, Buffer.from([0x1f, 0x8b, 8, 0]), code, gzipSync(kernel), code]),
    ),
  ).toBe(config)
})

test('a kernel without a configuration says which option puts it there', () => {
  const message = 'the kernel in the image carries no configuration (CONFIG_IKCONFIG)'
  expect(() => kernelConfig(code)).toThrow(message)
  expect(() => kernelConfig(gzipSync(code))).toThrow(message)
  expect(() => kernelConfig(Buffer.alloc(0))).toThrow(message)
  expect(() => kernelConfig(kernel.subarray(0, kernel.indexOf('IKCFG_ED')))).toThrow(message)
})
