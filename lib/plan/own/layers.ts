import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf } from '../../common/files/file-name.ts'
import { UserError } from '../../common/words/errors.ts'
import { firstOf } from '../../common/words/together.ts'
import { namesOf } from './names.ts'
import { visible } from '../../common/words/visible.ts'

/**
 * What of somebody's own folder lies over the same of the repository, and what a path of it has to
 * be.
 */
const forms: Readonly<Record<string, { form: RegExp; said: string }>> = {
  boards: { form: /^[^/]+\.yaml$/, said: 'boards/ID.yaml' },
  soundcards: { form: /^[^/]+\.yaml$/, said: 'soundcards/ID.yaml' },
  tunings: { form: /^[^/]+\.yaml$/, said: 'tunings/ID.yaml' },
  profiles: { form: /^[^/]+\.yaml$/, said: 'profiles/ID.yaml' },
  bases: { form: /^[^/]+\.yaml$/, said: 'bases/ID.yaml' },
  kernel: {
    form: /^([^/]+\.yaml|fragments\/.+\.config|overlays\/[^/]+\.dtsi?|patches\/.+\.patch)$/,
    said: 'kernel/ID.yaml, kernel/fragments/NAME.config, kernel/overlays/NAME.dts, kernel/overlays/NAME.dtsi or kernel/patches/NAME.patch',
  },
  templates: { form: /^(boot|root)\/./, said: 'templates/boot/PATH or templates/root/PATH' },
  'priorities.yaml': { form: /^$/, said: 'priorities.yaml' },
}
export const layered: readonly string[] = Object.keys(forms)

/** What such a folder brings into an image beside its data: lib/plan/own/. */
export const broughtAlong: readonly string[] = ['files', 'hooks', 'packages']

/** A file of the data, wherever it lies. */
export interface Laid {
  /** from the repository, or from the own folder */
  path: string
  file: string
  /** what messages call it */
  name: string
  /** whether it is somebody's own, and then whether the repository has one, too */
  own?: 'new' | 'instead'
}

/** The data of a repository at `root`, under that of somebody's own folder if there is one. */
export interface Layers {
  root: string
  own?: string | undefined
}

/** Where a file of the data lies, whether it is there or not. */
export function laid({ root, own }: Layers, path: string): Laid {
  const ours = join(root, path)
  const its = own !== undefined && mayLie(path) ? join(own, path) : undefined
  if (its === undefined || !isThere(its)) return { path, file: ours, name: visible(path) }
  return {
    path,
    file: its,
    name: nameOf(its, root),
    own: isThere(ours) || isThere(otherForm(ours)) ? 'instead' : 'new',
  }
}

/** The names of the YAML files right in a folder of the data. */
export const yamlsLaid = ({ root, own }: Layers, folder: string): string[] => {
  const roots = own !== undefined && mayLie(folder) ? [root, own] : [root]
  const names = roots.flatMap((one) => namesOf(join(one, folder), root))
  return [...new Set(names)].filter((name) => name.endsWith('.yaml'))
}

/**
 * Every file below a folder of the data, sorted by path. UserError for one of somebody's own whose
 * name differs from one of the repository in case only: which of the two is meant?
 */
export function filesLaid(layers: Layers, folder: string): Laid[] {
  const ours = pathsBelow(layers.root, folder, layers.root)
  const its =
    layers.own !== undefined && mayLie(folder) ? pathsBelow(layers.own, folder, layers.root) : []
  const known = new Map(ours.map((path) => [path.toLowerCase(), path]))
  const covered = new Set(its.map(otherForm))
  const alike = its.flatMap((path) => {
    const other = known.get(path.toLowerCase())
    return other === undefined || other === path
      ? []
      : [
          `${nameOf(join(layers.own!, path), layers.root)}: its name differs from that of ${other} in case only: take the same name to put it in the place of that one, or another name`,
        ]
  })
  if (alike.length > 0) throw new UserError(alike.join('\n'))
  return [...new Set([...ours.filter((path) => !covered.has(path)), ...its])]
    .sort()
    .map((path) => laid(layers, path))
}

/** All of somebody's own data. UserError for a file that nothing would read. */
export function ownFiles(layers: Layers): Laid[] {
  const own = allOwn(layers)
  const unread = own.flatMap(({ path, name }) => {
    const [folder, ...rest] = path.split('/')
    const { form, said } = forms[folder!]!
    const below = rest.join('/')
    return form.test(below) || /^README(\.md)?$/.test(below)
      ? []
      : [`${name}: nothing reads such a file: expected ${said}`]
  })
  for (const name of layers.own === undefined ? [] : namesOf(layers.own, layers.root)) {
    const meant = [...layered, ...broughtAlong].find((one) => isNear(name, one))
    if (meant !== undefined)
      unread.push(
        `${nameOf(join(layers.own!, name), layers.root)}: nothing reads it: call it ${meant}`,
      )
  }
  if (unread.length > 0) throw new UserError(firstOf(unread).join('\n'))
  return own.filter(({ path }) => !/\/README(\.md)?$/.test(path))
}

/** The same name in other letters, or of one thing instead of several. */
const isNear = (name: string, known: string): boolean =>
  name !== known && [known, known.replace(/s$/, '')].includes(name.toLowerCase())

const allOwn = (layers: Layers): Laid[] =>
  layered
    .flatMap((path) => (path.endsWith('.yaml') ? [laid(layers, path)] : filesLaid(layers, path)))
    .filter(({ own }) => own !== undefined)

/** A text, and the template that is rendered to the same file. */
const otherForm = (path: string): string =>
  path.endsWith('.hbs') ? path.slice(0, -'.hbs'.length) : `${path}.hbs`

const mayLie = (path: string): boolean => layered.includes(path.split('/')[0]!)
const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined

/** A link counts as the file that it leads to. */
function pathsBelow(root: string, folder: string, repository: string): string[] {
  return namesOf(join(root, folder), repository).flatMap((name) => {
    const path = join(folder, name)
    // the folder itself may be a link; one below it is a file, or is refused as one
    return lstatSync(join(root, path)).isDirectory() ? pathsBelow(root, path, repository) : [path]
  })
}
