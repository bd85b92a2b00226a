import { fileURLToPath } from 'node:url'
import type { Settled } from '../choices/settle.ts'
import type { BaseImagePlan } from '../plan.ts'

/**
 * The image that a base is taken from: the one in its file, unless the choices name another. What
 * its publisher offers is signed, also where his list has it on another server; an image that
 * somebody else has put at some address is not. `max_gib`: GiB that it may unpack to. Undefined: the
 * base is bootstrapped.
 */
export function baseImage(
  { data, found }: Settled['base'],
  max_gib: number,
): BaseImagePlan | undefined {
  if (data.kind !== 'image') return undefined
  const { image, signature, suite, arch } = data
  const chosen = found.image ?? image
  const common = { max_bytes: max_gib * 2 ** 30, suite, arch }
  const published = found.listed === true || new URL(chosen.url).host === new URL(image.url).host
  if (signature === undefined || !published) return { ...chosen, ...common }
  const { suffix, key, fingerprint } = signature
  return { ...chosen, signature: { url: chosen.url + suffix, key, fingerprint }, ...common }
}

/**
 * What to say of an image whose bytes nobody answers for: no signature is checked, and its sha256
 * was not named by a person, nor by a file of bases/. Undefined: somebody does.
 */
export function unanswered(
  base: Settled['base'],
  image: BaseImagePlan | undefined,
): string | undefined {
  const { listed, unpinned } = base.found
  const ours = base.data.kind === 'image' && base.data.image.sha256 === image?.sha256
  if (!image || ours || image.signature || (listed !== true && unpinned !== true)) return undefined
  const name = image.url.startsWith('file:') ? fileURLToPath(image.url) : image.url
  return `base: nobody has signed ${name}, and nobody has named its sha256. Whoever made it decides what is on the card, and its programs run in the sandbox of this build. If you know its sha256, name it: --base-sha256`
}
