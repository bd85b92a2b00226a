import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { settingsText } from '../../lib/plan/settings/text.ts'
import { secret, settings } from './flash.ts'
import { filesOf, sha256, smallImage } from './image.ts'
import type { Scene } from './scene.ts'

/** What has neither this name nor that of one of these. */
const others = (folder: string, ...names: string[]): string[] =>
  readdirSync(folder).filter((name) => !names.includes(name))

/** A copy of an image; `over`: there is one already. */
const copy = (name: string, over: boolean): Scene => ({
  name,
  open: async (folder) => {
    const [image, output] = [join(folder, 'x.img'), join(folder, 'y.img')]
    await smallImage(image)
    const before = sha256(image)
    return {
      argv: ['personalize', image, '-o', output, ...settings],
      env: secret,
      reset: () => {
        rmSync(output, { force: true })
        if (over) writeFileSync(output, 'an older copy')
      },
      broken: (whole) => [
        ...(existsSync(output)
          ? over && readFileSync(output).length === 13
            ? []
            : sha256(output) === whole
              ? []
              : ['the copy is not whole']
          : over
            ? ['the older copy has gone']
            : []),
        ...(sha256(image) === before ? [] : ['the image has changed']),
        // a whole copy may have its other name; half of one, and one with a secret, must not be there
        ...others(folder, 'x.img', 'y.img')
          .filter((left) => sha256(join(folder, left)) !== whole)
          .map((left) => `${left} is left`),
      ],
      result: () => sha256(output),
      left: () => others(folder, 'x.img', 'y.img'),
    }
  },
})

/** A card in use: a file in its place. */
const card: Scene = {
  name: 'personalize-card',
  open: async (folder) => {
    const [image, target] = [join(folder, 'x.img'), join(folder, 'card')]
    await smallImage(image)
    const before = await filesOf(image)
    const known = (text: string | undefined, whole: string): boolean =>
      text !== undefined &&
      [before, JSON.parse(whole) as Record<string, string>].some(
        (files) => files['downbeat.toml'] === text,
      )
    return {
      argv: ['personalize', target, ...settings],
      env: secret,
      reset: () => copyFileSync(image, target),
      broken: async (whole) => {
        const { 'downbeat.toml': text, 'downbeat.new': next, ...now } = await filesOf(target)
        return [
          ...(known(text, whole) || (text === undefined && known(next, whole))
            ? []
            : ['the settings are neither the old nor the new ones']),
          ...Object.entries(before)
            .filter(([name, data]) => name !== 'downbeat.toml' && now[name] !== data)
            .map(([name]) => `${name} has changed`),
        ]
      },
      result: async () => JSON.stringify(await filesOf(target)),
      left: () => others(folder, 'x.img', 'card'),
    }
  },
}

/** The same where the system has mounted its boot partition. */
const folder: Scene = {
  name: 'personalize-folder',
  open: (work) => {
    const mounted = join(work, 'bootfs')
    const file = join(mounted, 'downbeat.toml')
    const old = settingsText({}, { hostname: 'downbeat' })
    return Promise.resolve({
      argv: ['personalize', mounted, ...settings],
      env: secret,
      reset: () => {
        rmSync(mounted, { recursive: true, force: true })
        mkdirSync(mounted)
        writeFileSync(file, old)
      },
      broken: (whole) =>
        existsSync(file) && [old, whole].includes(readFileSync(file, 'utf8'))
          ? []
          : ['the settings are neither the old nor the new ones'],
      result: () => readFileSync(file, 'utf8'),
      left: () => others(mounted, 'downbeat.toml'),
    })
  },
}

export const personalizeScenes: Scene[] = [
  copy('personalize', false),
  copy('personalize-over', true),
  card,
  folder,
]
