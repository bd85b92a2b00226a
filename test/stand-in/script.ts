import * as z from 'zod'
import { bytesContent, patternContent } from './content.ts'
import type { Content } from './content.ts'

/** What the server does with one request; what is left out it does honestly. */
const Step = z.strictObject({
  /** with so many requests in a row */
  times: z.number().int().positive().optional(),
  /** answers with this status and no file */
  status: z.number().int().optional(),
  /** more headers, or others, or (null) without one */
  headers: z.record(z.string(), z.string().nullable()).optional(),
  redirect: z.string().optional(),
  /** from now on this address has the file of that one */
  becomes: z.string().optional(),
  ignore_ranges: z.boolean().optional(),
  /** ends the connection after so many bytes of the answer's body */
  drop_after: z.number().int().nonnegative().optional(),
  /** says nothing more after so many bytes, and keeps the connection; -1: not even a status */
  stall_after: z.number().int().min(-1).optional(),
  /**
   * a Content-Length that is not so; where it is too large the connection ends after what there is
   */
  claims_length: z.number().int().nonnegative().optional(),
  /** the first byte of the answer's body is another */
  wrong_bytes: z.boolean().optional(),
})
export type Step = z.infer<typeof Step>

const Entry = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ base64: z.string() }),
  z.strictObject({
    pattern: z.strictObject({ length: z.number().int(), seed: z.number().int().optional() }),
  }),
])

/** What a server is told to do: a file for `--script`, too. */
export const Script = z.strictObject({
  /** files that are nowhere on a disk, by path */
  entries: z.record(z.string(), Entry).optional(),
  /** what happens to the requests for a path, one after the other; then it is honest */
  steps: z.record(z.string(), z.array(Step)).optional(),
  /**
   * 403 for the names that curl and the client libraries of programming languages give themselves
   */
  refuses_default_agents: z.boolean().optional(),
})
export type Script = z.infer<typeof Script>

export function contentOf(entry: z.infer<typeof Entry>): Content {
  if ('text' in entry) return bytesContent(Buffer.from(entry.text))
  if ('base64' in entry) return bytesContent(Buffer.from(entry.base64, 'base64'))
  return patternContent(entry.pattern.length, entry.pattern.seed)
}
