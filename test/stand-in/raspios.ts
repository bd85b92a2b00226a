import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalogue } from '../../lib/plan/catalogue/catalogue.ts'
import { defineStage } from '../../lib/engine/run/stage.ts'
import { firmware } from '../../stages/firmware.ts'
import { kernel } from '../../stages/kernel.ts'
import { toolbox } from '../../stages/toolbox.ts'

/** What stand-in/raspios/make.sh says of the image that it has made. */
export interface StandIn {
  /** path on the server of downloads */
  path: string
  sha256: string
  unpacked_sha256: string
  fingerprint: string
}

/**
 * An image of the shape of Raspberry Pi OS Lite, and the servers that it and its packages come
 * from, as folders named by host: Debian's packages, its own names, places, first boot and archive.
 * See stand-in/raspios/make.sh.
 */
export const raspios = defineStage({
  name: 'raspios',
  about: 'Make an image of the shape of Raspberry Pi OS, and the archive that goes with it',
  source: import.meta.url,
  needs: { toolbox, kernel, firmware },
  outputs: { servers: 'servers', facts: 'facts.json' },
  given: ({ overlays, rootfs: { suite, arch, epoch } }) => ({
    suite,
    arch,
    epoch,
    overlays: overlays!.sources,
    bootstrap: openCatalogue(join(import.meta.dirname, '../../stages'))
      .texts('rootfs')
      .filter(({ path }) => path !== 'adapt.sh'),
  }),
  network: true,
  mounts: true,
  keeps: ['debs'],
  async run({ given, from, out, work, own, kept, $ }) {
    for (const { path, text } of given.bootstrap) writeFileSync(`${work}/${path}`, text)
    mkdirSync(`${work}/overlays`)
    for (const { path, text } of given.overlays) writeFileSync(`${work}/overlays/${path}`, text)
    await $`export ARCH=${given.arch} SUITE=${given.suite} SOURCE_DATE_EPOCH=${given.epoch} DEBS=${kept.debs}/${given.arch} WORK=${work}
      export BOOTSTRAP=${work}/bootstrap.sh OVERLAYS=${work}/overlays KERNEL=${from.kernel!.image} MODULES=${from.kernel!.modules} TREES=${from.kernel!.device_trees} FIRMWARE=${from.firmware!.files}
      export OUT=${out.servers} FACTS=${out.facts} RELEASE=${readFileSync(from.kernel!.release, 'utf8').trim()}
      bash ${own}/make.sh`
  },
})
