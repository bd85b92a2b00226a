import { UserError } from '../../lib/common/words/errors.ts'
import { stanzaOf } from './stand-ins.ts'

/**
 * The entry of a package of somebody's own in a list as an archive has it. `control`: what dpkg-deb
 * says of the file. Throws UserError where that is no package, or not the one that its name says.
 */
export function entryOf(
  control: string,
  { name, place, arch }: { name: string; place: string; arch: string },
): string {
  const field = (of: string): string | undefined =>
    new RegExp(`^${of}: (\\S+)$`, 'm').exec(control)?.[1]
  const [its, version, built] = ['Package', 'Version', 'Architecture'].map(field)
  if (its === undefined || version === undefined || built === undefined)
    throw new UserError(
      `${place}: is no Debian package, or a broken one: dpkg-deb --info reads none in it`,
    )
  if (its !== name)
    throw new UserError(
      `${place}: its name says ${name}, and the package in it is ${its}: rename the file`,
    )
  if (built !== arch && built !== 'all')
    throw new UserError(
      `${place}: is for ${built}, whatever its name says, and the image is for ${arch}`,
    )
  return stanzaOf(control, { name, version, arch: built })
}
