import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a command of the system and gives what it printed; fails as execFile does. */
export type Ask = (command: string, ...args: string[]) => Promise<string>

/** A reader without a card can keep lsblk waiting. */
const PATIENCE_MS = 30_000

export const askSystem: Ask = async (command, ...args) =>
  (await promisify(execFile)(command, args, { timeout: PATIENCE_MS, maxBuffer: 1 << 26 })).stdout
