import type { Settled } from '../choices/settle.ts'
import type { BaseImagePlan } from '../plan.ts'

/**
 * The image that a base is taken from: the one in its file, unless the choices name another. What
 * its publisher offers is signed, also where his list has it on another server; an image that
 * somebody else has put at some address is not. Undefined: the base is bootstrapped.
 */
export function baseImage({ data, found }: Settled['base']): BaseImagePlan | undefined {
  if (data.kind !== 'image') return undefined
  const { image, signature, suite, arch } = data
  const chosen = found.image ?? image
  const published = found.listed === true || new URL(chosen.url).host === new URL(image.url).host
  if (signature === undefined || !published) return { ...chosen, suite, arch }
  const { suffix, key, fingerprint } = signature
  return { ...chosen, signature: { url: chosen.url + suffix, key, fingerprint }, suite, arch }
}
