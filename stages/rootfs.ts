import { readFileSync, writeFileSync } from 'node:fs'
import { UserError } from '../lib/common/words/errors.ts'
import { defineStage } from '../lib/engine/run/stage.ts'
import { base } from './base.ts'
import { jack } from './jack.ts'
import { ownDebs } from './own-debs.ts'
import { toolbox } from './toolbox.ts'

/**
 * The foreign root, at nearly native speed: bootstrapped (rootfs/bootstrap.sh), or made of a
 * published one (rootfs/adapt.sh).
 */
export const rootfs = defineStage({
  name: 'rootfs',
  about: 'Make the root of the target, with native apt, dpkg, shell and perl',
  source: import.meta.url,
  shared: true,
  needs: { toolbox, jack, base, ownDebs },
  outputs: { tree: 'rootfs.tar', packages: 'packages.lock' },
  given: (plan) => plan.rootfs,
  network: true,
  mounts: true,
  keeps: ['debs'],
  async run({ given, from, out, work, own, kept, settings, $ }) {
    const file = (name: string, lines: readonly string[]): void =>
      writeFileSync(`${work}/${name}`, lines.map((line) => `${line}\n`).join(''))
    file('excludes', given.exclude)
    file('answers', given.debconf)
    file(
      'mirrors',
      settings.network.mirrors.map(({ from: there, to }) => `${there} ${to}`),
    )
    const how =
      from.base === undefined
        ? ['SOURCES=/etc/apt/sources.list']
        : [`TREE=${from.base.tree}`, `MIRRORS=${work}/mirrors`]
    const debs = [from.jack.packages, ...(from.ownDebs === undefined ? [] : [from.ownDebs.debs])]
    await $`mkdir own
      find ${debs} -maxdepth 1 -name '*.deb' -exec cp -t own {} +`
    await $`export ARCH=${given.arch} SUITE=${given.suite} SOURCE_DATE_EPOCH=${given.epoch} ${how}
      export PACKAGES=${given.packages.join(' ')} REMOVE=${given.remove.map(({ text }) => text).join(' ')} KEEP=${given.keep.join(' ')}
      export OWN=${work}/own DEBS=${kept.debs}/${given.arch} WORK=${work}/root OUT=${work}/result
      export EXCLUDES=${work}/excludes ANSWERS=${work}/answers TWINS=${given.twins ? 'yes' : 'no'}
      bash ${own}/${from.base === undefined ? 'bootstrap' : 'adapt'}.sh
      mv ${work}/result/rootfs.tar ${out.tree}
      mv ${work}/result/packages.lock ${out.packages}`
    const installed = new Set(
      readFileSync(out.packages, 'utf8')
        .split('\n')
        .map((line) => line.split(' ')[0]),
    )
    const unwanted = given.absent.find(({ text }) => installed.has(text))
    if (unwanted)
      throw new UserError(
        `packages: something that was asked for brings in ${unwanted.text}, which the tuning ${unwanted.by} keeps out`,
      )
  },
})
