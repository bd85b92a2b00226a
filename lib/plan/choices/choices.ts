import { UserError } from '../../common/words/errors.ts'
import { plainValue, readYaml } from '../catalogue/yaml.ts'
import type { Located, Override } from '../catalogue/yaml.ts'
import { Image } from '../schema/image.ts'
import type { ImageChoices } from '../schema/image.ts'

/**
 * The choices in a file of the repository at `root`; `sets` are `--set` values such as
 * `jack.period=64`. Throws UserError.
 */
export const readChoices = (
  root: string,
  file: string,
  sets: readonly string[],
): Located<ImageChoices> => readYaml(file, Image, root, sets.map(override))

function override(text: string): Override {
  const equals = text.indexOf('=')
  if (equals < 1)
    throw new UserError(`--set ${text}: expected key=value, such as --set jack.period=64`)
  const value = text.slice(equals + 1)
  return {
    path: text.slice(0, equals).split('.'),
    value: plainValue(value, `--set ${text}`),
    text: `--set ${text}`,
  }
}
