import { VIRT } from '../../lib/plan/virt.ts'
import type { BoardFacts } from './facts.ts'

/** `debian-trixie-{arm64,armhf}, raspios-lite-arm64`: ids that begin alike are named once. */
export function braced(ids: readonly string[]): string {
  const groups = new Map<string, string[]>()
  for (const id of ids) {
    const begin = id.slice(0, id.lastIndexOf('-') + 1)
    groups.set(begin, [...(groups.get(begin) ?? []), id.slice(begin.length)])
  }
  return [...groups]
    .map(([begin, ends]) => begin + (ends.length === 1 ? ends[0]! : `{${ends.join(',')}}`))
    .join(', ')
}

/** `debian, raspberrypi, packaged (only raspios-lite-arm64)`: the best first. */
export function kernelsOf({ bases, kernels }: BoardFacts): string {
  return kernels
    .map((kernel) => {
      const its = bases.filter((base) => base.kernels.includes(kernel)).map(({ id }) => id)
      return its.length === bases.length ? kernel : `${kernel} (only ${braced(its)})`
    })
    .join(', ')
}

/** How many bits its programs may have, the best first. */
export const bitsOf = ({ board: { arch } }: BoardFacts): number[] => [
  ...new Set(arch.map((one) => (one === 'arm64' ? 64 : 32))),
]

/** QEMU's machines for it, each once: `raspi3b` is the board itself, `like raspi3b` the nearest. */
export const machinesOf = ({ board: { emulators } }: BoardFacts): string[] => [
  ...new Set(
    Object.values(emulators).map(({ machine, exact }) =>
      exact || machine === VIRT ? machine : `like ${machine}`,
    ),
  ),
]

/** What starts it in a test, as somebody would type it. */
export const bootTestsOf = ({ bootTests }: BoardFacts): string[] =>
  bootTests.map((file) => (file === 'image.yaml' ? './downbeat test' : file))
