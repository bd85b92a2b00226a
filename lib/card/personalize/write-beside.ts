import { open, rename, rm } from 'node:fs/promises'
import { writable, writeAll } from '../flash/target.ts'

/**
 * Puts a text in the place of a file: under another name first, so that the file is the old one or
 * the new one whenever that ends. What a killed run has left under that name is written over. Fails
 * as the system does, and then the file is as it was.
 */
export async function writeBeside(path: string, next: string, data: Buffer): Promise<void> {
  try {
    const file = await open(next, 'w', 0o600)
    try {
      await writeAll(writable(file), data, 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(next, path)
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined) // what has failed first is what is told
    throw error
  }
}
