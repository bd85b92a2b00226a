import { statSync } from 'node:fs'
import type { Drive } from './drive.ts'
import { fileNumber, identityOf } from './identity.ts'
import { whatIsInUse } from './in-use.ts'
import type { InUse } from './in-use.ts'

/** A regular file in the place of a card. */
export function regularFile(path: string, inUse: InUse = whatIsInUse()): Drive {
  const found = statSync(path, { bigint: true })
  return {
    path,
    kind: 'file',
    model: 'file',
    serial: '',
    bytes: Number(found.size),
    transport: '',
    removable: true,
    readOnly: (Number(found.mode) & 0o222) === 0,
    sector_bytes: 512,
    mounts: [],
    users: [],
    contents: [],
    labels: [],
    partitions: [],
    number: fileNumber(found),
    numbers: [],
    names: Number(found.nlink),
    holders: [...(inUse.get(identityOf(path) ?? '') ?? [])],
  }
}
