import type { BaseData } from './schema/base.ts'
import type { BoardData } from './schema/board.ts'
import type { Arch } from './schema/common.ts'
import type { Instructions } from './schema/instructions.ts'

// No schema is loaded here: a build that has nothing to do asks these, too.

/** What the programs of Debian's cross compilers begin with. */
export const crossPrefix: Record<Arch, string> = {
  arm64: 'aarch64-linux-gnu-',
  armhf: 'arm-linux-gnueabihf-',
  armel: 'arm-linux-gnueabi-',
}

/** Instruction sets of 32-bit ARM, the oldest first: each has those before it. */
const INSTRUCTIONS: readonly Instructions[] = ['armv5te', 'armv6', 'armv7']

/**
 * What Debian compiles its programs of an architecture for. Source: gcc-14's debian/rules2, and
 * `readelf -A` of its packages. Undefined: every board that runs it runs all of it.
 */
export const debianInstructions: Record<Arch, Instructions | undefined> = {
  arm64: undefined,
  armhf: 'armv7',
  armel: 'armv5te',
}

export const isOlder = (one: Instructions, other: Instructions): boolean =>
  INSTRUCTIONS.indexOf(one) < INSTRUCTIONS.indexOf(other)

/** Whether the programs of a base are for the processor of a board. */
export const runs = (
  board: Pick<BoardData, 'arch' | 'instructions'>,
  { arch, instructions }: Pick<BaseData, 'arch' | 'instructions'>,
): boolean =>
  board.arch.includes(arch) || (instructions !== undefined && instructions === board.instructions)

/**
 * The names that readelf has for the processors whose programs run on a processor of an instruction
 * set (Tag_CPU_arch of "Addenda to, and Errata in, the ABI for the Arm Architecture"). All ARMv6
 * processors of Raspberry Pis are an ARM1176JZF-S, which is a v6KZ.
 */
const tags: Record<Instructions, string[]> = {
  armv5te: ['Pre-v4', 'v4', 'v4T', 'v5T', 'v5TE', 'v5TEJ'],
  armv6: ['v6', 'v6K', 'v6KZ'],
  armv7: ['v6T2', 'v7'],
}
export const tagsUpTo = (instructions: Instructions): string[] =>
  INSTRUCTIONS.filter((one) => !isOlder(instructions, one)).flatMap((one) => tags[one])

/**
 * What GCC is told to make programs for an instruction set in Debian's armhf. v6K has the exclusive
 * loads and stores of 64 bit, so that atomics need no library.
 */
export const compilerFlags: Partial<Record<Instructions, string[]>> = {
  armv6: ['-marm', '-march=armv6k', '-mfpu=vfp', '-mfloat-abi=hard'],
}
