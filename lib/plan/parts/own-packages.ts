import type { TextFile } from '../../common/files/text-files.ts'
import { UserError } from '../../common/words/errors.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { JackPackagesPlan } from '../plan.ts'

/** The packages that a debian/control makes. */
export const packagesOf = (control: string): string[] =>
  [...control.matchAll(/^Package: (\S+)/gm)].map(([, name]) => name!)

/** All packages of our own: text and all, so that the plan alone can build them. */
export const ownPackages = (
  catalogue: Catalogue,
  arch: JackPackagesPlan['arch'],
): JackPackagesPlan => ({
  arch,
  sources: catalogue.ids('packages').map((id) => {
    const files = catalogue.texts(`packages/${id}/debian`)
    return {
      id,
      orig: catalogue.entry('packages', id, id).value.orig,
      files: files.filter(({ path }) => !path.startsWith('patches/')),
      patches: series(`packages/${id}/debian`, files),
    }
  }),
})

/**
 * The patches below a debian/ folder in the order in which they apply: that of patches/series, as
 * quilt has it.
 */
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
