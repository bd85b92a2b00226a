import { z } from 'zod'

const Priority = z.int().min(1).max(99)
/** They stand in a pattern, in shell. */
const Actions = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_ .-]*$/, 'expected words of letters, digits, ".", "_" and "-"')
const Interrupt = z.strictObject({
  priority: Priority,
  actions: z
    .array(Actions)
    .min(1)
    .describe('words in the name by which the kernel lists the interrupt (/proc/interrupts)'),
})

/** priorities.yaml: who may interrupt whom. */
export const Priorities = z
  .strictObject({
    kernel: Priority,
    sound_interrupt: z.strictObject({
      usb: Interrupt,
      i2s: Interrupt,
      onboard: Interrupt,
      none: Interrupt,
    }),
    jackd: Priority,
    clients_below: z.int().describe('JACK gives its clients the priority of the server less this'),
    interrupts: Priority,
    others: Priority,
  })
  .describe('SCHED_FIFO priorities')
