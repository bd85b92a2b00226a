/** Something that is killed again and again. */
export interface Scene {
  /** what is typed for it behind ./downbeat chaos */
  name: string
  /** Sets it up in an empty folder; a text: why this machine cannot. */
  open: (folder: string) => Promise<Opened | string>
}

export interface Opened {
  /** words behind ./downbeat */
  argv: string[]
  env?: Record<string, string>
  /** as it was before the first run */
  reset: () => void | Promise<void>
  /** What the killed run has broken, in words. `whole`: of the result of a run that nobody has killed. */
  broken: (whole: string) => string[] | Promise<string[]>
  /** of what a whole run gives: the same text whenever it is the same */
  result: () => string | Promise<string>
  /** What must not be there after a whole run. */
  left: () => string[]
  close?: () => void
}
