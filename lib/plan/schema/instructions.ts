import { z } from 'zod'

/** An instruction set of 32-bit ARM; lib/plan/instructions.ts says what each has. */
export const Instructions = z.enum(['armv5te', 'armv6', 'armv7'])
export type Instructions = z.output<typeof Instructions>
