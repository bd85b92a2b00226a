import { html } from '../html.ts'
import { bars } from '../pictures.ts'
import type { Part, Subject } from './part.ts'
import { counted, folded, size, table } from './words.ts'

/** So many packages have a bar of their own. */
const SHOWN = 15

/** What of an image is large: its packages, and the parts of its kernel. */
export const weights: Part = {
  id: 'weights',
  title: 'What weighs in it',
  of(one, all) {
    const { id, name, packages, kept } = one
    const rows = heaviest(one)
    const most = Math.max(...all.flatMap((each) => heaviest(each).map(({ bytes }) => bytes)))
    const kernelMost = Math.max(
      ...all.flatMap((each) => each.kept.kernel.map(({ bytes }) => bytes)),
    )
    const known = sized(packages)
    const total = known.reduce((sum, { bytes }) => sum + bytes, 0)
    const others = known.length - rows.length
    const bar = (tone: 'one' | 'three', row: { name: string; bytes: number }) => ({
      label: row.name,
      value: size(row.bytes),
      from: 0,
      to: row.bytes,
      tone,
    })
    return html`<p>
        ${counted(packages.length, 'package')},
        ${known.length < packages.length ? `${packages.length - known.length} of them of unknown size, the others ` : ''}${size(total)}
        as they are packed. The image has ${size(one.image.bytes)} and grows to the size of the card
        on the first boot.
      </p>
      ${bars(
        {
          id: `${id}-packages`,
          title: `The largest packages of ${name}`,
          words: rows.map((row) => `${row.name}: ${size(row.bytes)}`).join(', '),
        },
        rows.map((row) => bar('one', row)),
        most,
      )}
      ${
        others > 0
          ? html`<p>
              The other ${others} have
              ${size(total - rows.reduce((sum, { bytes }) => sum + bytes, 0))} together.
            </p>`
          : undefined
      }
      ${
        kept.kernel.length === 0
          ? undefined
          : html`<h3>The kernel</h3>
              ${bars(
                {
                  id: `${id}-kernel`,
                  title: `The parts of the kernel of ${name}`,
                  words: kept.kernel.map((row) => `${row.name}: ${size(row.bytes)}`).join(', '),
                },
                kept.kernel.map((row) => bar('three', row)),
                kernelMost,
              )}`
      }
      ${folded(
        'All packages',
        table(
          'Name, version, and size as it is packed',
          ['Package', 'Version', { figure: 'Size' }],
          packages.map(({ name, version, bytes }) => [
            name,
            version,
            { figure: bytes === undefined ? 'unknown' : size(bytes) },
          ]),
        ),
      )}`
  },
}

/** Packages of the base have no size in packages.lock. */
const sized = (packages: Subject['packages']): { name: string; bytes: number }[] =>
  packages.flatMap(({ name, bytes }) => (bytes === undefined ? [] : [{ name, bytes }]))

/** The largest packages. */
const heaviest = ({ packages }: Subject): { name: string; bytes: number }[] =>
  sized(packages)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, SHOWN)
