import { gunzipSync } from 'node:zlib'

const START = Buffer.from('IKCFG_ST')
const END = Buffer.from('IKCFG_ED')

/** The configuration that a kernel image carries in itself (CONFIG_IKCONFIG), gzip-compressed image or not. */
export function kernelConfig(image: Buffer): string {
  const plain = image[0] === 0x1f && image[1] === 0x8b ? gunzipSync(image) : image
  const from = plain.indexOf(START)
  const to = plain.indexOf(END, from)
  if (from < 0 || to < 0) throw new Error('the kernel in the image carries no configuration (CONFIG_IKCONFIG)')
  return gunzipSync(plain.subarray(from + START.length, to)).toString('utf8')
}
