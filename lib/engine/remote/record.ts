import { z } from 'zod'
import type { Usage } from '../shell/shell.ts'

const Sum = z.string().regex(/^[0-9a-f]{64}$/)
const Count = z.number().int().min(0)
/** No way out of the folder of a result. */
const Path = z.string().regex(/^(?!.*\.\.)[\w][\w.+-]*$/)

/** What a store of results says of one: what it is, and by which sums its parts are known. */
const Record = z.strictObject({
  form: z.literal(1),
  stage: z.string().regex(/^[a-z][a-z0-9-]*$/),
  key: Sum,
  outputs: z.record(
    z.string(),
    z.strictObject({
      path: Path,
      kind: z.enum(['file', 'folder']),
      /** of the bytes of a file, or of all that is in a folder */
      contents: Sum,
      /** the packed form, which is what is stored; `unpacked`: the bytes of the file, or of the tar */
      packed: z.strictObject({ sha256: Sum, bytes: Count, unpacked: Count }),
    }),
  ),
  /** seconds that making it took */
  wall_s: z.number().min(0),
  usage: z.strictObject({
    user: z.number(),
    system: z.number(),
    peak_kib: z.number(),
  }) satisfies z.ZodType<Usage>,
})
export type RemoteRecord = z.output<typeof Record>

/** Bytes that a record has at most, with its signature. */
export const LONGEST_RECORD = 64 * 1024

const SIGNATURE = /-----BEGIN SSH SIGNATURE-----\n[A-Za-z0-9+/=\n]+-----END SSH SIGNATURE-----\n$/

/** What is stored: a line of JSON, and the signature of it. */
export const withSignature = (line: string, signature: string): string => `${line}${signature}`

/** Its parts. Throws where it has another form. */
export function apart(stored: string): { line: string; signature: string } {
  const found = SIGNATURE.exec(stored)
  if (!found) throw new Error('has no signature')
  return { line: stored.slice(0, found.index), signature: found[0] }
}

export const lineOf = (record: RemoteRecord): string => `${JSON.stringify(record)}\n`

/** A record whose signature is good. Throws where it is none, or of another result. */
export function readRecord(line: string, stage: string, key: string): RemoteRecord {
  const record = Record.parse(JSON.parse(line))
  if (record.stage !== stage || record.key !== key)
    throw new Error('is the record of another result')
  return record
}
