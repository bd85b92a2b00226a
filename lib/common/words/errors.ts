/** Every way a run can end badly on purpose; scripts/main.ts turns these into exit codes. Anything else is a bug. */

/** Wrong input: a file, an option, a value. The message reads `place: what (hint)`. Exit 2. */
export class UserError extends Error {
  override name = 'UserError'
  readonly exitCode = 2
}

/** A step of a stage failed: `lines` are the last ones it printed. Exit 1. */
export class StageError extends Error {
  override name = 'StageError'
  readonly exitCode = 1
  readonly stage: string
  readonly lines: string[]
  readonly log: string
  constructor(stage: string, message: string, lines: string[], log: string) {
    super(`${stage}: ${message}`)
    this.stage = stage
    this.lines = lines
    this.log = log
  }
}

/** This machine lacks something; `mend` is the one command that changes that. Found before the first stage. Exit 3. */
export class HostError extends Error {
  override name = 'HostError'
  readonly exitCode = 3
  readonly mend: string
  constructor(message: string, mend: string) {
    super(message)
    this.mend = mend
  }
}

/** The image does not do what a tuning promises. Exit 4. */
export class ProofError extends Error {
  override name = 'ProofError'
  readonly exitCode = 4
}

/** Ctrl-C or a polite kill; `left` says what that leaves behind. Exit 130. */
export class Interrupted extends Error {
  override name = 'Interrupted'
  readonly exitCode = 130
  readonly left: string
  constructor(message: string, left = 'what was finished is kept, and the same command goes on from there') {
    super(message)
    this.left = left
  }
}

const refusals: Readonly<Record<string, string>> = {
  EACCES: 'you may not read or write it',
  EPERM: 'you may not change it',
  EROFS: 'what it lies on is read-only',
  EIO: 'the disk that it lies on gives back errors',
}

/** What the system refuses somebody is no fault of downbeat: such an error of a file as one to be mended, any other as it is. */
export function systemError(error: unknown): unknown {
  const { code = '', path } = error as NodeJS.ErrnoException
  const refusal = refusals[code]
  return path === undefined || refusal === undefined ? error : new HostError(`${path}: ${refusal} (${code})`, `ls -ld ${path}`)
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
