import { UserError } from '../../common/words/errors.ts'
import { perhaps } from '../../common/words/nearest.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Located } from '../catalogue/yaml.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { PackageData } from '../schema/package.ts'

/** The JACK server that was chosen, out of packages/. Throws UserError with the nearest name. */
export function chosenServer(
  catalogue: Catalogue,
  { value, at }: Located<ImageChoices>,
): PackageData {
  const known = catalogue.ids('packages').map((id) => catalogue.entry('packages', id, id).value)
  const server = known.find((one) => one.server === value.jack.server)
  if (server) {
    // The packages of two servers conflict; apt would say so too, but not where it was asked for.
    const other = known.find(
      (one) =>
        one !== server &&
        one.install.some((name) => value.packages.includes(name) && !server.install.includes(name)),
    )
    if (other) {
      const i = value.packages.findIndex(
        (name) => other.install.includes(name) && !server.install.includes(name),
      )
      throw new UserError(
        `${at(['packages', i])} packages: ${value.packages[i]} is of ${other.server}, and the server is ${server.server}: an image has one of them; jack.server says which`,
      )
    }
    return server
  }
  const names = known.map((one) => one.server)
  throw new UserError(
    `${at(['jack', 'server'])} jack.server: expected ${names.join(' or ')}, got "${value.jack.server}"${perhaps(value.jack.server, names)}`,
  )
}
