import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { machine } from '../downbeat.ts'
import { entries, ownCache, processesLeftIn, removeCaches } from '../faults/own-cache.ts'
import { sha256 } from './image.ts'
import type { Scene } from './scene.ts'

/** A build of one stage, in a cache of its own that has all before it. */
const until = (name: string, stage: string): Scene => ({
  name,
  open: () => {
    const out = ownCache([stage])
    const cache = join(out, 'cache')
    const made = (): string[] => entries(out, stage).filter((found) => !found.endsWith('.half'))
    const remove = (names: string[]): void => {
      if (names.length > 0)
        execFileSync('bash', [machine, 'rm', '-rf', ...names.map((found) => join(cache, found))])
    }
    return Promise.resolve({
      argv: ['build', '--quiet', '--until', stage],
      env: { DOWNBEAT_OUT: out, DOWNBEAT_CACHE: cache },
      reset: () => remove(entries(out, stage)),
      broken: async () => [
        ...made()
          .filter((found) => !existsSync(join(cache, found, 'entry.json')))
          .map((found) => `${found} is not whole`),
        ...(await processesLeftIn(`${out}/`)).map((pid) => `process ${pid} runs on`),
      ],
      result: () => JSON.stringify(made().map((found) => bytesOf(join(cache, found)))),
      left: () =>
        [cache, join(out, 'images')].flatMap((folder) =>
          existsSync(folder)
            ? readdirSync(folder, { recursive: folder !== cache, encoding: 'utf8' }).filter(
                (found) => found.endsWith('.half'),
              )
            : [],
        ),
      close: removeCaches,
    })
  },
})

/** The hash of every file that a stage has made. (entry.json has the times of folders, too.) */
const bytesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile() && found.name !== 'entry.json')
    .map((found) => join(found.parentPath, found.name))
    .sort()
    .map((path) => `${relative(folder, path)} ${sha256(path)}`)

export const buildScenes: Scene[] = [
  until('build', 'configure'),
  until('build-verify', 'verify'),
  until('build-image', 'image'),
]
