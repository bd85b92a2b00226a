import { dirname } from 'node:path'

/**
 * A way in which a run can end badly on purpose. Anything else that is thrown is a fault of
 * downbeat.
 */
export abstract class Failure extends Error {
  abstract readonly exitCode: number
  /** What a person reads, in lines. */
  told(): string[] {
    return `✖ ${this.message}`.split('\n')
  }
}

/**
 * Wrong input: a file, an option, a value. Each line of the message reads `place: what (hint)`.
 * Exit 2.
 */
export class UserError extends Failure {
  override name = 'UserError'
  readonly exitCode = 2
}

/** A step of a stage failed: `lines` are the last ones it printed. Exit 1. */
export class StageError extends Failure {
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
  override told(): string[] {
    return [
      ...super.told(),
      ...this.lines.map((line) => `  | ${line}`),
      `  everything it printed: ${this.log}`,
    ]
  }
}

/**
 * This machine lacks something; `mend` is the one command that changes that. Found before the first
 * stage. Exit 3.
 */
export class HostError extends Failure {
  override name = 'HostError'
  readonly exitCode = 3
  readonly mend: string
  constructor(message: string, mend: string) {
    super(message)
    this.mend = mend
  }
  override told(): string[] {
    return [...super.told(), `  to mend it: ${this.mend}`]
  }
}

/** The image does not do what a tuning promises. Exit 4. */
export class ProofError extends Failure {
  override name = 'ProofError'
  readonly exitCode = 4
}

/** Ctrl-C or a polite kill; `left` says what that leaves behind. Exit 130. */
export class Interrupted extends Failure {
  override name = 'Interrupted'
  readonly exitCode = 130
  readonly left: string
  constructor(
    message: string,
    left = 'what was finished is kept, and the same command goes on from there',
  ) {
    super(message)
    this.left = left
  }
  override told(): string[] {
    return ['', `stopped; ${this.left}`]
  }
}

const refusals: Readonly<Record<string, string>> = {
  EACCES: 'you may not read or write it',
  EPERM: 'you may not change it',
  EROFS: 'what it lies on is read-only',
  EIO: 'the disk that it lies on gives back errors',
}

/** Errors of a disk that has no more room, or no more for this user. */
export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')

/**
 * If the system does not let the user read or write a file, or the disk is full, that is not a
 * fault of downbeat. Such an error becomes a HostError, which says how to mend it. Any other error
 * is returned as it is.
 */
export function systemError(error: unknown): unknown {
  const { code = '', path } = error as NodeJS.ErrnoException
  if (isFull(error))
    return new HostError(
      // writing to a file that is open tells no path
      path === undefined ? 'a disk is full' : `the disk of ${dirname(path)} is full`,
      'df -h shows which disk; make room there, then run the same command again',
    )
  const refusal = refusals[code]
  return path === undefined || refusal === undefined
    ? error
    : new HostError(`${path}: ${refusal} (${code})`, `ls -ld ${path}`)
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
