import { UserError } from '../../common/words/errors.ts'
import { withoutSecrets } from '../../common/words/secrets.ts'
import { visible } from '../../common/words/visible.ts'
import { plainValue, readYaml } from '../catalogue/yaml.ts'
import type { Located, Override } from '../catalogue/yaml.ts'
import { Image } from '../schema/image.ts'
import type { ImageChoices } from '../schema/image.ts'

/** What is said beside the file: a value of `--set` such as `jack.period=64`, or an option. */
export type Said = string | Override

/**
 * The choices in a file of the repository at `root`, with what is said beside it. `within`: the key
 * of the file that has them, where it is a matrix. Throws UserError.
 */
export const readChoices = (
  root: string,
  file: string,
  said: readonly Said[],
  within?: string,
): Located<ImageChoices> => readYaml(file, Image, root, overrides(said), within)

/** The values that replace some of the file. Throws UserError for a `--set` without a value. */
export const overrides = (said: readonly Said[]): Override[] =>
  said.map((one) => (typeof one === 'string' ? override(one) : one))

function override(text: string): Override {
  const equals = text.indexOf('=')
  const said = `--set ${visible(withoutSecrets(text))}`
  if (equals < 1) throw new UserError(`${said}: expected key=value, such as --set jack.period=64`)
  const value = text.slice(equals + 1)
  return { path: text.slice(0, equals).split('.'), value: plainValue(value, said), text: said }
}
