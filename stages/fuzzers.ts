import { defineStage } from '../lib/engine/run/stage.ts'
import { debianRoot } from './steps/debian-root.ts'

/**
 * A compiler that watches which way a program takes, and the libraries of the programs that are
 * tried. They are in no toolbox: another version of them changes no image.
 */
const PACKAGES = [
  'afl++',
  'clang',
  'dpkg-dev', // the source of a library, which is compiled in the same way
  'e2fsprogs',
  'libarchive-dev',
  'libclang-rt-19-dev', // libFuzzer, and what watches memory
  'libtomlplusplus-dev',
  'libyaml-dev',
  'llvm-19', // names of functions in what is found
  'make',
  'mount',
  'nettle-dev',
  'xz-utils',
]

/** A root with the compiler that programs of our own are fuzzed with. */
export const fuzzers = defineStage({
  name: 'fuzzers',
  about: 'Make a small Debian root with the compiler that programs are fuzzed with',
  source: import.meta.url,
  needs: {},
  root: 'root',
  outputs: { root: 'root' },
  given: ({ toolbox: { suite, mirror } }) => ({ suite, mirror }),
  network: true,
  mounts: true,
  async run({ given, out, $ }) {
    await debianRoot($, { ...given, root: out.root, components: 'main', packages: PACKAGES })
  },
})
