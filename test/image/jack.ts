import { basename } from 'node:path'
import { applyPatches } from '../../stages/steps/patches.ts'
import { defineStage } from '../../lib/engine/run/stage.ts'
import { jack } from '../../stages/jack.ts'
import { compiler } from '../../stages/compiler.ts'
import { toolbox } from '../../stages/toolbox.ts'
import { armv6Library } from '../stand-in/armv6-library.ts'

/**
 * Both servers of the packages, run by qemu-user: what they said, a line for each thing that was
 * asked. See jack/run.sh, jack/sequencer.sh.
 */
export const jackRuns = defineStage({
  name: 'jack-runs',
  about: 'Run our JACK packages on emulated processors',
  source: import.meta.url,
  needs: { toolbox, jack, compiler, armv6Library },
  outputs: { said: 'said' },
  given: (plan) => plan.jack,
  keeps: ['sources'],
  mounts: true,
  async run({ given, from, out, work, own, kept, $ }) {
    const jack1 = given.sources.find(({ id }) => id === 'jackd1')!
    await $`for tree in before after; do
        mkdir $tree
        tar -xf ${`${kept.sources}/${basename(jack1.orig.path)}`} -C $tree --strip-components=1 --no-same-owner
      done
      dpkg-deb -x ${from.jack.packages}/libjack-jackd2-dev_*.deb dev`
    await applyPatches($, jack1.patches, 'after', work)
    await $`exec >${out.said}
      export PATH=${from.compiler?.bin ?? '/usr/bin'}:$PATH LIBRARY=${from.armv6Library?.root ?? ''}
      bash ${own}/headers.sh ${given.arch} before before after after jack2 dev/usr/include
      bash ${own}/run.sh ${given.arch} jack1 ${from.jack.packages} after ${own}/client.c
      bash ${own}/run.sh ${given.arch} jack2 ${from.jack.packages} dev/usr/include ${own}/client.c
      bash ${own}/sequencer.sh ${given.arch} jack2 ${from.jack.packages} dev/usr/include ${own}/fake-sequencer.c ${own}/sequencer-client.c`
  },
})
