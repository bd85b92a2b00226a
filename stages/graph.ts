import { defineStage } from '../lib/engine/run/stage.ts'
import { packagesOf } from '../lib/plan/parts/own-packages.ts'
import type { Plan } from '../lib/plan/plan.ts'
import { jack } from './jack.ts'
import { aptLists } from './steps/apt.ts'
import { toolbox } from './toolbox.ts'

/** The packages of our own that the image has: the server and its library. */
const serverOf = ({ packages, rootfs }: Plan): string[] =>
  packages.own
    .flatMap(({ control }) => packagesOf(control))
    .filter((name) => rootfs.packages.includes(name))

/**
 * The server of the image with a chain of programs that play through it, as an initramfs that lies
 * over the one of the load: to measure what a cycle costs.
 */
export const graph = defineStage({
  name: 'graph',
  about: 'Put together the server of the image, and programs that play through it',
  source: import.meta.url,
  needs: { toolbox, jack },
  outputs: { initramfs: 'initramfs.gz', versions: 'versions' },
  given: (plan) =>
    plan.virt_cpu === undefined ? undefined : { arch: plan.toolbox.arch, packages: serverOf(plan) },
  network: true,
  async run({ given, from, own, out, work, $ }) {
    const apt = await aptLists($, work, given.arch)
    await $`for package in ${given.packages}; do cp ${from.jack.packages}/"$package"_*.deb .; done
      apt-get ${apt} install --download-only --no-install-recommends --yes ./*.deb
      for deb in *.deb archives/*.deb; do
        dpkg-deb -x "$deb" unpacked
        dpkg-deb -W --showformat='\${Package} \${Version}\n' "$deb"
      done >${out.versions}
      dpkg-deb -x ${from.jack.packages}/libjack-jackd2-dev_*.deb headers
      cross=$(dpkg-architecture --host-arch ${given.arch} --query DEB_HOST_GNU_TYPE 2>/dev/null)-
      mkdir -p root/{lib,usr/bin}
      # it runs with either server: only the headers are of one
      "$cross"gcc -std=c11 -O2 -Wall -Wextra -Werror -Wl,--build-id=none -Iheaders/usr/include -o root/usr/bin/graph \
        ${own}/graph.c unpacked/usr/lib/*/libjack.so.0 -Wl,--unresolved-symbols=ignore-in-shared-libs
      install -t root/usr/bin unpacked/usr/bin/jackd
      # drivers that are opened by name, where the server looks for them
      for drivers in unpacked/usr/lib/*/jack; do
        install -D -t root/"\${drivers#unpacked/}" "$drivers"/jack_dummy.so
      done
      # the libraries that these need, and those that they need in turn
      list=$(find root -type f)
      while [ -n "$list" ]; do
        needed=$("$cross"objdump -p $list | sed -n 's/^ *NEEDED *//p' | sort -u)
        list=
        for name in $needed; do
          [ ! -e root/lib/"$name" ] || continue
          cp -L unpacked/usr/lib/*/"$name" root/lib/
          list="$list root/lib/$name"
        done
      done
      find root -exec touch -h -d @0 {} +
      cd root; find . | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible -R 0:0 | gzip -9n >${out.initramfs}`
  },
})
