import { readFileSync } from 'node:fs'
import { defineStage } from '../lib/engine/run/stage.ts'
import { debianRoot } from './steps/debian-root.ts'

/**
 * The hermetic native root that the other stages work in: compilers, image tools and emulators of
 * one release.
 */
export const toolbox = defineStage({
  name: 'toolbox',
  about:
    'Make a Debian root with the compilers, image tools and emulators that everything else is made with',
  source: import.meta.url,
  needs: {},
  root: 'root',
  outputs: { root: 'root' },
  given: (plan) => plan.toolbox,
  network: true,
  mounts: true,
  async run({ given, out, own, $ }) {
    const packages = readFileSync(`${own}/packages.list`, 'utf8')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').replace('ARCH', given.arch).trim())
      .filter(Boolean)
      .concat(given.compilers ?? [])
    const components = 'main,non-free-firmware'
    await debianRoot($, { ...given, root: out.root, components, packages })
    await $`rm -rf ${out.root}/var/log ${out.root}/etc/hostname
      : >${out.root}/etc/hosts; rm -f ${out.root}/etc/resolv.conf; : >${out.root}/etc/resolv.conf`
  },
})
