import { z } from 'zod'
import { Id } from './common.ts'

/** budgets.yaml: what an image may cost. */
export const Budgets = z
  .strictObject({
    wake_up_us: z
      .record(Id, z.int().min(1))
      .describe(
        'kernel/<id>.yaml: the latest wake-up of a realtime thread under load that ./downbeat measure takes, in µs at 500 MIPS',
      ),
  })
  .describe('What an image may cost: ./downbeat measure fails where it costs more')
