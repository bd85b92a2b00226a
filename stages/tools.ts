import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { defineStage } from '../lib/engine/run/stage.ts'
import { aptLists } from './steps/apt.ts'
import { archivesOf } from './steps/archives.ts'
import { base } from './base.ts'
import { compiler } from './compiler.ts'
import { jack } from './jack.ts'
import { libraries } from './libraries.ts'
import { rootfs } from './rootfs.ts'
import { toolbox } from './toolbox.ts'

/**
 * The small programs of our own that go into the image: `NAME.c` of packages/tools is
 * downbeat-NAME, compiled against the JACK library that is in it, and so is `NAME.cc` with the
 * files below NAME/, with nothing but the C library; and single programs of packages whose
 * dependencies nobody wants on a card, out of the archives that the image has.
 */
export const tools = defineStage({
  name: 'tools',
  about: 'Compile the small programs of our own, and fetch those that come without their packages',
  source: import.meta.url,
  shared: true,
  needs: { toolbox, jack, compiler, base, libraries, rootfs },
  outputs: { programs: 'programs', packages: 'packages.lock' },
  given: (plan) => plan.tools,
  network: true,
  async run({ given, from, out, work, settings, $ }) {
    for (const { path, text } of given.sources) {
      mkdirSync(dirname(`${work}/${path}`), { recursive: true })
      writeFileSync(`${work}/${path}`, text)
    }
    const named = (ending: string): string[] =>
      given.sources
        .filter(({ path }) => path.endsWith(ending) && !path.includes('/'))
        .map(({ path }) => path.slice(0, -ending.length))
    const flags = [
      '-Wall',
      '-Wextra',
      '-Werror',
      '-D_FORTIFY_SOURCE=2',
      '-fPIE',
      '-pie',
      '-Wl,-z,relro,-z,now',
      '-Wl,--build-id=none',
    ]
    // The C++ library of the compiler, that of ciphers and that of YAML are in the programs: not
    // every base has them. Where these are for newer processors, the base has its own.
    const linked =
      from.compiler === undefined
        ? '-static-libstdc++ -static-libgcc -Wl,-Bstatic -lnettle -lyaml -Wl,-Bdynamic'.split(' ')
        : ['-lnettle', '-lyaml']
    // They run with either server: only the headers are of one. The libraries that libjack itself
    // uses are in the image; the linker need not see them.
    await $`export PATH=${from.compiler === undefined ? '' : `${from.compiler.bin}:`}$PATH
      dpkg-deb -x ${from.jack.packages}/libjack-jackd2-dev_*.deb headers
      tar -xf ${from.rootfs.tree} --wildcards './usr/lib/*/libjack.so*'
      cross=$(dpkg-architecture --host-arch ${given.arch} --query DEB_HOST_GNU_TYPE 2>/dev/null)- # it wonders at CC
      for program in ${named('.c')}; do
        "$cross"gcc -std=c11 -O2 ${flags} -Iheaders/usr/include -o downbeat-"$program" "$program".c \
          usr/lib/*/libjack.so.0 -Wl,--unresolved-symbols=ignore-in-shared-libs -lm
      done
      for program in ${named('.cc')}; do
        "$cross"g++ -std=c++17 -Os ${flags} -I${from.libraries.include} \
          -o downbeat-"$program" "$program".cc $(find "$program" -name '*.cc' | sort) -L${from.libraries.lib} ${linked}
      done
      "$cross"strip downbeat-*
      install -D -t ${out.programs}/usr/bin downbeat-*
      : >${out.packages}`
    if (given.programs.length === 0) return

    const others: string[] = []
    if (from.base !== undefined) {
      await $`mkdir base sources.d
        tar -xf ${from.base.tree} -C base --wildcards './etc/apt/*' './usr/share/keyrings/*'`
      for (const [name, text] of Object.entries(
        archivesOf(`${work}/base`, settings.network.mirrors),
      ))
        writeFileSync(`${work}/sources.d/${name}`, text)
      others.push(
        'Dir::Etc::SourceList=/dev/null',
        `Dir::Etc::SourceParts=${work}/sources.d`,
        `Dir::Etc::TrustedParts=${work}/base/etc/apt/trusted.gpg.d`,
        `Dir::Etc::PreferencesParts=${work}/base/etc/apt/preferences.d`,
      )
    }
    const apt = await aptLists($, work, given.arch, others)
    await $`apt-get ${apt} download ${given.programs.map((program) => program.package)}
      for deb in *.deb; do
        dpkg-deb -x "$deb" unpacked
        # the form of packages.lock: name version architecture sha256 size
        echo "$(dpkg-deb -W --showformat='\${Package} \${Version} \${Architecture}' "$deb") $(sha256sum "$deb" | cut -d' ' -f1) $(stat -c %s "$deb")"
      done >${out.packages}
      for path in ${given.programs.flatMap(({ paths }) => paths)}; do install -D unpacked/"$path" ${out.programs}/"$path"; done`
  },
})
