import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf } from '../../common/files/file-name.ts'
import { openNamed } from '../../common/files/named.ts'
import { UserError } from '../../common/words/errors.ts'
import { PackageName } from '../schema/common.ts'
import type { Given, Looked } from './folder.ts'
import { namesIn } from './names.ts'
import { sumOf } from './sum.ts'

/** A Debian package of somebody's own. */
export interface OwnDeb {
  /** of the file, below packages/ */
  file: string
  name: string
  sha256: string
  /** what messages call the file */
  place: string
}

/** NAME_VERSION_ARCH.deb, as dpkg-deb and apt call them. */
const FORM = /^([^_]+)_[A-Za-z0-9.+~%-]+_([a-z0-9]+)\.deb$/

/** The packages in packages/, sorted by name; nothing is known yet of what is in them. */
export function ownDebs(from: Looked, { arch, compiled }: Given): OwnDeb[] {
  const { folder, root, mistakes } = from
  const dir = join(folder, 'packages')
  const found = new Map<string, OwnDeb>()
  for (const file of namesIn(dir, from)) {
    if (/^README(\.md)?$/.test(file)) continue
    const place = nameOf(join(dir, file), root)
    const wrong = (what: string): UserError => new UserError(`${place}: ${what}`)
    const [, name, its] = FORM.exec(file) ?? []
    if (name === undefined || its === undefined || !PackageName.safeParse(name).success) {
      mistakes.push(
        `${place}: expected a package, called NAME_VERSION_ARCHITECTURE.deb as dpkg-deb --build DIRECTORY . does`,
      )
      continue
    }
    if (its !== arch && its !== 'all') {
      mistakes.push(`${place}: is for ${its}, and the image is for ${arch}`)
      continue
    }
    if (compiled.has(name)) {
      mistakes.push(
        `${place}: downbeat compiles ${name} itself, with its own patches: take it away`,
      )
      continue
    }
    const other = found.get(name)
    if (other !== undefined) {
      mistakes.push(`${place}: is the same package as ${other.place}: keep one of the two`)
      continue
    }
    try {
      const opened = openNamed(join(dir, file), wrong)
      const { sha256 } = sumOf(opened)
      closeSync(opened)
      found.set(name, { file, name, sha256, place })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      mistakes.push(error.message)
    }
  }
  return [...found.values()]
}
