import { gunzipSync, inflateRawSync } from 'node:zlib'

const START = Buffer.from('IKCFG_ST')
const END = Buffer.from('IKCFG_ED')
/** A gzip header without a name in it, as the kernel's build makes it; RFC 1952, 2.3. */
const GZIP = Buffer.from([0x1f, 0x8b, 8, 0])
const HEADER = 10

/** A kernel, as far as its file tells without being run. */
export interface Kernel {
  /** its code and data, as they lie in memory */
  plain: Buffer
  /** the configuration that it carries in itself (CONFIG_IKCONFIG) */
  config: string
}

/** The kernel in an Image, an Image.gz, or a zImage that unpacks itself. */
export function readKernel(image: Buffer): Kernel {
  for (const plain of unpacked(image)) {
    const from = plain.indexOf(START)
    const to = plain.indexOf(END, from)
    if (from < 0 || to < 0) continue
    const config = gunzipSync(plain.subarray(from + START.length, to)).toString('utf8')
    return { plain, config }
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

const BANNER = 'Linux version '

/** The release that a kernel says it is: the name of the folder of its modules. */
export function releaseOf({ plain }: Pick<Kernel, 'plain'>): string {
  const at = plain.indexOf(BANNER)
  const text = at < 0 ? '' : plain.toString('latin1', at + BANNER.length, at + 100)
  const release = /^[\w.+~-]+(?= \()/.exec(text)?.[0]
  if (release === undefined) throw new Error('the kernel in the image does not say its release')
  return release
}

/** The value of an option in the text of a kernel configuration, in the words of that text. */
export function configLine(config: string, option: string): string {
  const name = /CONFIG_\w+/.exec(option)?.[0] ?? option
  return (
    new RegExp(`^(${name}=.*|# ${name} is not set)$`, 'm').exec(config)?.[1] ??
    `# ${name} is not set`
  )
}
