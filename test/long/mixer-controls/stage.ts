import { defineStage } from '../../../lib/engine/run/stage.ts'
import { toolbox } from '../../../stages/toolbox.ts'

/** The source of the drivers whose controls tables/mixer-controls.json has. */
export const driverSources = (drivers: readonly string[]) =>
  defineStage({
    name: 'driver-sources',
    about: 'Fetch the source of Linux, for the drivers of mixers',
    source: import.meta.url,
    needs: { toolbox },
    outputs: { linux: 'linux' },
    given: ({ kernel }) => ({
      source: kernel!.source,
      series: kernel!.series!,
      drivers: [...drivers],
    }),
    network: true,
    keeps: ['sources'],
    async run({ given, out, own, kept, $ }) {
      if (given.source.kind !== 'debian') throw new Error('its source is no package of Debian')
      const folders = [...new Set(given.drivers.map((driver) => driver.replace(/\/[^/]*$/, '')))]
      await $`archive=$(bash ${own}/fetch.sh ${kept.sources} ${given.source.package} ${given.series})
        mkdir ${out.linux}
        tar -x -J -f "$archive" -C ${out.linux} --strip-components=1 --wildcards --no-wildcards-match-slash \
          '*/Makefile' ${folders.map((folder) => `*/${folder}/*.[ch]`)}`
    },
  })
