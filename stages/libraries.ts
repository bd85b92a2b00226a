import { defineStage } from '../lib/engine/run/stage.ts'
import { aptLists } from './steps/apt.ts'
import { toolbox } from './toolbox.ts'

/** Debian packages with what programs of our own are linked with. */
const PACKAGES = ['libyaml-dev', 'libyaml-0-2']

/**
 * Libraries of the image's architecture that the toolbox has not: with each more of them there, the
 * kernel would be compiled anew.
 */
export const libraries = defineStage({
  name: 'libraries',
  about: 'Fetch the libraries that only programs of our own are linked with',
  source: import.meta.url,
  shared: true,
  needs: { toolbox },
  outputs: { include: 'include', lib: 'lib' },
  given: ({ tools: { arch } }) => ({ arch }),
  network: true,
  async run({ given, out, work, $ }) {
    const apt = await aptLists($, work, given.arch)
    await $`apt-get ${apt} download ${PACKAGES}
      for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done
      cp -r unpacked/usr/include ${out.include}
      mkdir ${out.lib}
      cp -P unpacked/usr/lib/*/*.{a,so*} ${out.lib}`
  },
})
