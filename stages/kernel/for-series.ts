import { compareSeries } from '../../lib/common/series.ts'

/** `# to 6.12` or `# from 7.2` behind an option. */
const bounded = /^(.*\S) +# (to|from) (\d+\.\d+)$/

/**
 * The options of a fragment that this series of Linux has. A line `CONFIG_X=y # to 6.12` is left
 * out for a newer series, and `CONFIG_X=y # from 7.2` for an older one.
 */
export const forSeries = (fragment: string, series: string): string =>
  fragment
    .split('\n')
    .flatMap((line) => {
      const [, option, way, bound] = bounded.exec(line) ?? []
      if (option === undefined) return [line]
      const newer = compareSeries(series, bound!)
      return (way === 'to' ? newer <= 0 : newer >= 0) ? [option] : []
    })
    .join('\n')
