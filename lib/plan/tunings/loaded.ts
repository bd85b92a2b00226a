import type { PlannedTuning, SourcedLine } from '../plan.ts'
import type { TuningData } from '../schema/tuning.ts'

/** A tuning with what it changes. */
export interface LoadedTuning {
  planned: PlannedTuning
  /** what messages call its file */
  file: string
  data: TuningData
  /** lines of config.txt, each with the boards it is for */
  config_txt: BoardLine[]
}

/** A line of config.txt and the ids of the boards it is for. */
export type BoardLine = SourcedLine & { boards: string[] }
