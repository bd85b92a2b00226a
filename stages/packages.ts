import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { UserError } from '../lib/common/words/errors.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { entryOf } from './packages/own-deb.ts'
import { keptOutOf, readNeeds, unknownOf } from './packages/refusals.ts'
import { standIns } from './packages/stand-ins.ts'
import { archivesOf } from './steps/archives.ts'
import { base } from './base.ts'
import { ownDebs } from './own-debs.ts'
import { toolbox } from './toolbox.ts'

/**
 * Looks, by the lists of the archives alone, whether every package that is asked for is there, and
 * whether none brings in what a tuning keeps out. A build begins with it, so that nothing is
 * compiled or unpacked in vain; no other stage needs what it makes. The root of a published base is
 * unpacked before: only it knows which archives it has, and what is installed.
 */
export const packages = defineStage({
  name: 'packages',
  about: 'Look whether all packages are there, and what they bring in',
  source: import.meta.url,
  needs: { toolbox, base, ownDebs },
  outputs: { coming: 'coming' },
  given: (plan) => plan.packages,
  network: true,
  keeps: ['lists'],
  async run({ given, from, out, work, own, kept, settings, $ }) {
    const sources: Record<string, string> = {}
    if (from.base === undefined) {
      sources['debian.list'] = await $.text`cat /etc/apt/sources.list`
      writeFileSync(`${work}/status`, '')
    } else {
      await $`mkdir base; tar -xf ${from.base.tree} -C base --wildcards ./var/lib/dpkg/status './etc/apt/*' './usr/share/keyrings/*'
        cp base/var/lib/dpkg/status status`
      Object.assign(sources, archivesOf(`${work}/base`, settings.network.mirrors))
    }
    mkdirSync(`${work}/sources.d`)
    for (const [name, text] of Object.entries(sources))
      writeFileSync(`${work}/sources.d/${name}`, text)
    mkdirSync(`${work}/stand-ins`)
    const controls = await Promise.all(
      (given.debs ?? []).map(async ({ file, name, place }) => {
        const deb = `${from.ownDebs!.debs}/${file}`
        const control = await $.text`dpkg-deb --field ${deb} 2>&1 || true`
        return entryOf(control, { name, place, arch: given.arch })
      }),
    )
    writeFileSync(
      `${work}/stand-ins/Packages`,
      [standIns(given.own, given.arch), ...controls].join('\n'),
    )

    // the lists of one set of archives; those of another are not mixed with them
    const archives = createHash('sha256')
      .update(JSON.stringify(sources).replaceAll(work, ''))
      .digest('hex')
    const published = from.base !== undefined
    const apt = async (...words: string[]): Promise<void> => {
      await $`export ARCH=${given.arch} WORK=${work} LISTS=${kept.lists}/${given.arch}-${archives.slice(0, 8)}
        export REMOVE=${given.remove.join(' ')} FIRST=${published ? '' : '?essential apt'} BASE=${published ? `${work}/base` : ''}
        bash ${own}/apt.sh ${words}`
    }
    const lines = (name: string): string[] =>
      readFileSync(`${work}/${name}`, 'utf8').split('\n').filter(Boolean)

    await apt('names')
    const provided = new Map<string, string[]>()
    for (const line of lines('provided')) {
      const [name, by] = line.split(' ') as [string, string]
      provided.set(name, [...(provided.get(name) ?? []), by])
    }
    const names = new Set(lines('names'))
    const unknown = unknownOf(
      [...given.asked, ...given.taken_apart],
      { names, provided },
      given.suite,
    )
    const there = given.asked.filter(({ name }) => names.has(name))
    await apt('resolve', ...new Set(there.map(({ name }) => name))).catch((error: unknown) => {
      // what is not there may be why the rest does not go together
      throw unknown.length > 0 ? new UserError(unknown.join('\n')) : error
    })
    const resolved = {
      coming: new Set(lines('coming')),
      needs: readNeeds(readFileSync(`${work}/needs`, 'utf8')),
    }
    const mistakes = [...unknown, ...keptOutOf(there, given.absent, resolved)]
    if (mistakes.length > 0) throw new UserError(mistakes.join('\n'))
    writeFileSync(out.coming, readFileSync(`${work}/coming`))
  },
})
