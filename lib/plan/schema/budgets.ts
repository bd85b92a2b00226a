import { z } from 'zod'
import { Id } from './common.ts'

const most = (about: string): z.ZodRecord<typeof Id, z.ZodInt> =>
  z.record(Id, z.int().min(1)).describe(about)

/** budgets.yaml: what an image may cost. */
export const Budgets = z
  .strictObject({
    wake_up_us: most(
      'kernel/<id>.yaml: the latest wake-up of a realtime thread under load, in µs at 500 MIPS',
    ),
    cycle_begins_us: most(
      'kernel/<id>.yaml: how late a cycle of JACK begins at the worst, with eight programs at 64 frames, in µs at 500 MIPS',
    ),
    cycle_instructions: z
      .record(Id, most('server of packages/<id>.yaml'))
      .describe(
        'kernel/<id>.yaml: instructions of one cycle of JACK with eight programs at 64 frames, by its server',
      ),
    later_boot: z
      .record(
        Id,
        z.record(
          Id.describe('machine of QEMU'),
          z.strictObject({
            jack_ms: z.int().min(1).describe('until JACK takes programs, at 1000 MIPS'),
            processes: z.int().min(1),
            memory_mib: z.int().min(1),
          }),
        ),
      )
      .describe(
        'kernel/<id>.yaml: a boot that is not the first one, by the machine that it was measured on; on others, and with other kernels, no boot is judged',
      ),
  })
  .describe('What an image may cost: ./downbeat measure fails where it costs more')

export type BudgetsData = z.output<typeof Budgets>
