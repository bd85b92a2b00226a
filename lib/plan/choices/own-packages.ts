import { entry, idsIn, textFiles } from '../catalogue/catalogue.ts'
import type { TextFile } from '../../common/files/text-files.ts'
import { UserError } from '../../common/words/errors.ts'
import { didYouMean } from '../../common/words/nearest.ts'
import type { JackPackagesPlan } from '../plan.ts'
import type { ImageChoices } from '../schema/image.ts'
import type { PackageData } from '../schema/package.ts'
import type { Located } from '../catalogue/yaml.ts'

/** The JACK server that was chosen, out of packages/. Throws UserError with the nearest name. */
export function chosenServer(root: string, { value, at }: Located<ImageChoices>): PackageData {
  const known = idsIn(root, 'packages').map((id) => entry(root, 'packages', id, id).value)
  const server = known.find((one) => one.server === value.jack.server)
  if (server) {
    // The packages of two servers conflict; apt would say so too, but not where it was asked for.
    const other = known.find(
      (one) => one !== server && one.install.some((name) => value.packages.includes(name) && !server.install.includes(name)),
    )
    if (other) {
      const i = value.packages.findIndex((name) => other.install.includes(name) && !server.install.includes(name))
      throw new UserError(
        `${at(['packages', i])} packages: ${value.packages[i]} is of ${other.server}, and the server is ${server.server}: an image has one of them; jack.server says which`,
      )
    }
    return server
  }
  const names = known.map((one) => one.server)
  throw new UserError(
    `${at(['jack', 'server'])} jack.server: expected ${names.join(' or ')}, got "${value.jack.server}"${didYouMean(value.jack.server, names)}`,
  )
}

/** All packages of our own: text and all, so that the plan alone can build them. */
export const planPackages = (root: string, arch: JackPackagesPlan['arch']): JackPackagesPlan => ({
  arch,
  sources: idsIn(root, 'packages').map((id) => {
    const files = textFiles(root, `packages/${id}/debian`)
    return {
      id,
      orig: entry(root, 'packages', id, id).value.orig,
      files: files.filter(({ path }) => !path.startsWith('patches/')),
      patches: series(`packages/${id}/debian`, files),
    }
  }),
})

/** The patches below a debian/ folder in the order in which they apply: that of patches/series, as quilt has it. */
function series(folder: string, files: readonly TextFile[]): TextFile[] {
  const names = files.find(({ path }) => path === 'patches/series')?.text.split('\n') ?? []
  return names
    .filter((name) => name !== '' && !name.startsWith('#'))
    .map((name) => {
      const patch = files.find(({ path }) => path === `patches/${name}`)
      if (!patch) throw new UserError(`${folder}/patches/series: there is no ${name} beside it`)
      return { path: `${folder}/${patch.path}`, text: patch.text, executable: false }
    })
}
