import type { Mirror } from '../fetch/mirrors.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Shell } from '../shell/shell.ts'

/** How files are fetched. */
export interface NetworkSettings {
  /** addresses that begin with `from` are fetched from `to` */
  mirrors: readonly Mirror[]
  /** what is not kept from before is not to be had */
  offline: boolean
  /** http_proxy and the like */
  proxies: Record<string, string>
}

/** Values of a run that may not change a single byte of a result, and so are no part of any key. */
export interface Settings {
  /** processes at once */
  jobs: number
  network: NetworkSettings
}

/**
 * Absolute paths of the results of the stages that a stage needs: `from.kernel.image`. Undefined:
 * this plan has no such stage.
 */
export type From<Needs> = {
  readonly [Name in keyof Needs]: Needs[Name] extends AnyStage
    ?
        | { readonly [Output in keyof Needs[Name]['outputs']]: string }
        | Extract<ReturnType<Needs[Name]['given']>, undefined>
    : never
}

/** What a stage works with. Paths are absolute, and the same inside and outside the toolbox. */
export interface Job<Given, Needs, Outputs, Keeps extends string> {
  /** its part of the plan */
  given: Exclude<Given, undefined>
  /** results of the stages it needs, read-only */
  from: From<Needs>
  /** where each declared output has to be written */
  out: { readonly [Output in keyof Outputs]: string }
  /** an empty folder of its own; the current one of every command */
  work: string
  /** runs commands in the toolbox */
  $: Shell
  /** says how far it is, where that takes long: for the screen, not for the log */
  progress: (text: string) => void
  signal: AbortSignal
  /** the folder of the stage's own files, `stages/<name>/`, read-only */
  own: string
  /**
   * the folder of somebody's own, if there is one. It is no part of a key: what is used of it is in
   * `given`, with its sum
   */
  yours?: string | undefined
  /** folders kept across builds (downloads, compiler cache); what is in them may only save time */
  kept: { readonly [Name in Keeps]: string }
  settings: Settings
}

export interface Stage<
  Given = unknown,
  Needs extends Record<string, AnyStage> = Record<string, AnyStage>,
  Outputs extends Record<string, string> = Record<string, string>,
  Keeps extends string = string,
> {
  /** a noun: what it makes; also the name of its file */
  name: string
  /** one sentence for people who watch */
  about: string
  /** import.meta.url: the text of the stage is a part of its key */
  source: string
  needs: Needs
  /** name: file or folder that must be there in the end */
  outputs: Outputs
  /**
   * the part of the plan that this stage uses. The key of the stage is made of this part, the keys
   * of `needs` and the text of the stage, and of nothing else. Undefined: this plan does without
   * the stage
   */
  given(plan: Plan): Given
  /**
   * the output that holds a root file system: every stage that needs this one runs its commands in
   * it
   */
  root?: keyof Outputs & string
  /** true: its commands may use the network */
  network?: boolean
  /** true: its commands may mount something inside their sandbox */
  mounts?: boolean
  keeps?: readonly Keeps[]
  /**
   * true: worth to be fetched from another machine that has made it, and nothing in it is of one
   * image or person alone (lib/engine/remote/)
   */
  shared?: boolean
  /**
   * whether what it makes of this plan is somebody's own: it is given to nobody, nor is what needs
   * it
   */
  personal?(plan: Plan): boolean
  /** outputs that are kept beside the log when the stage fails: they say why */
  evidence?: readonly (keyof Outputs & string)[]
  run(job: Job<Given, Needs, Outputs, Keeps>): Promise<void>
}

// oxlint-disable-next-line typescript/no-explicit-any -- a stage of whatever types
export type AnyStage = Stage<any, any, any, any>

/** Says what a stage is; only infers its types. */
export const defineStage = <
  Given,
  const Needs extends Record<string, AnyStage>,
  const Outputs extends Record<string, string>,
  Keeps extends string = never,
>(
  stage: Stage<Given, Needs, Outputs, Keeps>,
): Stage<Given, Needs, Outputs, Keeps> => stage
