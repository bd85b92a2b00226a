/** What a machine has for builds. */
interface Machine {
  cores: number
  /** bytes of memory that are free */
  memory: number
}

const GIB = 2 ** 30

/**
 * Memory that one image takes at most while it is made. Its root and its disk are there twice, with
 * at most half a GiB each (stages/image.ts), and the programs beside them have 300 MiB.
 */
export const FOR_IMAGE = 1.5 * GIB

/** The same where it is booted, too: QEMU's largest Raspberry Pi has 2 GiB. */
export const FOR_BOOT = 3 * GIB

/** How many images are made side by side: one for each core, as far as the memory goes. */
export const atOnce = ({ cores, memory }: Machine, forEach: number): number =>
  Math.max(1, Math.min(cores, Math.floor(memory / forEach)))
