import { z } from 'zod'
import { Id } from '../../lib/plan/schema/common.ts'

const Row = z
  .strictObject({
    says: z.string().max(140).describe('what the document advises, in our words'),
    today: z.string().max(220).describe('what that means today'),
    tunings: z.array(Id).min(1).optional().describe('files of tunings/ that answer it'),
    rule: z.string().optional().describe('what is refused, warned of or rendered'),
    test: z
      .string()
      .regex(/^test\/\S+\.ts: ./, 'expected test/unit/<file>.test.ts: <name of the test>')
      .optional()
      .describe('what proves the rule'),
    because: z
      .string()
      .optional()
      .describe('why it is not done, or how it is answered without a tuning'),
  })
  .refine(
    (row) => row.tunings !== undefined || row.rule !== undefined || row.because !== undefined,
    'a row needs tunings, rule or because',
  )
  .refine(
    (row) => (row.rule === undefined) === (row.test === undefined),
    'a rule needs its test, and a test its rule',
  )

/** docs/checklist.yaml: every piece of advice of the founding documents, and what answers it. */
export const Checklist = z
  .strictObject({
    documents: z.record(Id, z.strictObject({ name: z.string(), text: z.string() })),
    sections: z.array(
      z.strictObject({
        title: z.string(),
        document: Id.describe('one of documents, or none'),
        rows: z.record(z.string().regex(/^S\d{2,3}$/, 'expected S and a number'), Row),
      }),
    ),
  })
  .describe('The checklist of the founding documents')
