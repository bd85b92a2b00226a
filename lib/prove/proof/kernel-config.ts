import { gunzipSync, inflateRawSync } from 'node:zlib'

const START = Buffer.from('IKCFG_ST')
const END = Buffer.from('IKCFG_ED')
/** A gzip header without a name in it, as the kernel's build makes it; RFC 1952, 2.3. */
const GZIP = Buffer.from([0x1f, 0x8b, 8, 0])
const HEADER = 10

/**
 * The configuration that a kernel image carries in itself (CONFIG_IKCONFIG): Image, Image.gz, or a
 * zImage that unpacks itself.
 */
export function kernelConfig(image: Buffer): string {
  for (const plain of unpacked(image)) {
    const from = plain.indexOf(START)
    const to = plain.indexOf(END, from)
    if (from >= 0 && to >= 0)
      return gunzipSync(plain.subarray(from + START.length, to)).toString('utf8')
  }
  throw new Error('the kernel in the image carries no configuration (CONFIG_IKCONFIG)')
}

/** The image itself, and whatever in it is compressed. */
function* unpacked(image: Buffer): Generator<Buffer> {
  yield image
  for (let at = image.indexOf(GZIP); at >= 0; at = image.indexOf(GZIP, at + 1)) {
    try {
      yield inflateRawSync(image.subarray(at + HEADER)) // what follows its end is code again
    } catch {
      // the four bytes were code, too
    }
  }
}

/** The value of an option in the text of a kernel configuration, in the words of that text. */
export function configLine(config: string, option: string): string {
  const name = /CONFIG_\w+/.exec(option)?.[0] ?? option
  return (
    new RegExp(`^(${name}=.*|# ${name} is not set)$`, 'm').exec(config)?.[1] ??
    `# ${name} is not set`
  )
}
