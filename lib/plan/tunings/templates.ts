import type { TextFile } from '../../common/files/text-files.ts'
import { UserError } from '../../common/words/errors.ts'
import { didYouMean } from '../../common/words/nearest.ts'
import type { LoadedTuning } from './loaded.ts'

/** Templates, without those that belong to a tuning which is not in force. */
export function templatesInForce(
  files: readonly TextFile[],
  tunings: readonly LoadedTuning[],
): TextFile[] {
  const paths = files.map(({ path }) => path)
  const dropped = new Set<string>()
  for (const { planned, file, data } of tunings) {
    for (const path of data.change.files ?? []) {
      if (!paths.includes(path))
        throw new UserError(
          `${file} change.files: there is no templates/${path}${didYouMean(path, paths)}`,
        )
      if (planned.off !== undefined) dropped.add(path)
    }
  }
  return files.filter(({ path }) => !dropped.has(path))
}
