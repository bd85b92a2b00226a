import { readFileSync, writeFileSync } from 'node:fs'
import { UserError } from '../lib/errors.ts'
import { defineStage } from '../lib/stage.ts'
import { jack } from './jack.ts'
import { toolbox } from './toolbox.ts'

/** The foreign Debian root, bootstrapped at nearly native speed: stages/rootfs/bootstrap.sh says how. */
export const rootfs = defineStage({
  name: 'rootfs',
  about: 'Bootstrap the Debian root of the target, with native apt, dpkg, shell and perl',
  source: import.meta.url,
  needs: { toolbox, jack },
  outputs: { tree: 'rootfs.tar', packages: 'packages.lock' },
  given: (plan) => plan.rootfs,
  network: true,
  keeps: ['debs'],
  async run({ given, from, out, work, own, kept, $ }) {
    writeFileSync(`${work}/excludes`, given.exclude.map((line) => `${line}\n`).join(''))
    writeFileSync(`${work}/answers`, given.debconf.map((line) => `${line}\n`).join(''))
    await $`export ARCH=${given.arch} SUITE=${given.suite} SOURCE_DATE_EPOCH=${given.epoch}
      export PACKAGES=${given.packages.join(' ')} SOURCES=/etc/apt/sources.list TWINS=${given.twins ? 'yes' : 'no'}
      export OWN=${from.jack.packages} DEBS=${kept.debs}/${given.arch} WORK=${work}/root OUT=${work}/result
      export EXCLUDES=${work}/excludes ANSWERS=${work}/answers
      bash ${own}/bootstrap.sh
      mv ${work}/result/rootfs.tar ${out.tree}
      mv ${work}/result/packages.lock ${out.packages}`
    const installed = new Set(
      readFileSync(out.packages, 'utf8')
        .split('\n')
        .map((line) => line.split(' ')[0]),
    )
    const unwanted = given.absent.find(({ text }) => installed.has(text))
    if (unwanted)
      throw new UserError(`packages: something that was asked for brings in ${unwanted.text}, which the tuning ${unwanted.by} keeps out`)
  },
})
