import { asStyle, html, textOfPage } from './html.ts'
import type { Html } from './html.ts'
import { bootFiles } from './parts/boot-files.ts'
import { boots } from './parts/boots.ts'
import { cycles } from './parts/cycles.ts'
import { differences } from './parts/differences.ts'
import { flash } from './parts/flash.ts'
import { latency } from './parts/latency.ts'
import { measured } from './parts/measured.ts'
import type { Part, Subject } from './parts/part.ts'
import { proven } from './parts/proven.ts'
import { timeline } from './parts/timeline.ts'
import { tunings } from './parts/tunings.ts'
import { versions } from './parts/versions.ts'
import { wakeUps } from './parts/wake-ups.ts'
import { weights } from './parts/weights.ts'
import { list } from './parts/words.ts'
import { style } from './style.ts'

/** Nothing is fetched, nothing runs: a page that somebody sends is a page to read. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** The whole page of one image. */
export function pageOf(one: Subject): string {
  const { plan } = one
  return page(
    one.name,
    'one',
    html`<p>An image for realtime audio on the Raspberry Pi, with ${plan.soundcard.name}. For:</p>
      ${list(plan.boards.map(({ name }) => name))} ${warnings(one)}`,
    [
      flash,
      latency,
      wakeUps,
      measured,
      cycles,
      boots,
      timeline,
      proven,
      weights,
      tunings,
      bootFiles,
      versions,
    ],
    [one],
  )
}

/** The page of two images beside each other: what differs, and the pictures of both. */
export function pageOfTwo(one: Subject, other: Subject): string {
  return page(
    `${one.name} and ${other.name}`,
    'two',
    html`<p>
        Two images for realtime audio on the Raspberry Pi, beside each other. The pictures of both
        have one measure.
      </p>
      ${differences(one, other)}`,
    [latency, wakeUps, cycles, boots, timeline, weights, versions],
    [one, other],
  )
}

function page(
  title: string,
  kind: 'one' | 'two',
  first: Html,
  parts: readonly Part[],
  all: readonly Subject[],
): string {
  const shown = parts.filter(({ has }) => has === undefined || all.some(has))
  const links = [
    ...(kind === 'two' ? [{ id: 'differences', title: 'What differs' }] : []),
    ...shown,
  ].map(({ id, title }) => html`<a href="#${id}">${title}</a> `)
  const cell = (part: Part, one: Subject): Html =>
    kind === 'one'
      ? part.of(one, all)
      : html`<div>
          <h3>${one.name}</h3>
          ${part.of(one, all)}
        </div>`
  return textOfPage(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="referrer" content="no-referrer" />
          <title>${title}: downbeat</title>
          <style>
            ${asStyle(style)}
          </style>
        </head>
        <body class="${kind}">
          <header>
            <h1>${title}</h1>
            ${all.map(({ name, image }) => html`<p class="soft">${kind === 'two' ? `${name}: ` : ''}sha256 <code>${image.sha256}</code></p>`)}
          </header>
          <nav aria-label="On this page">${links}</nav>
          <main>
            ${first}
            ${shown.map(
              (part) =>
                html`<section id="${part.id}">
                  <h2>${part.title}</h2>
                  <div class="pair">${all.map((one) => cell(part, one))}</div>
                </section>`,
            )}
          </main>
        </body>
      </html> `,
  )
}

const warnings = ({ plan }: Subject): Html | undefined =>
  plan.warnings.length === 0
    ? undefined
    : html`<div class="warnings"><strong>To know before</strong>${list(plan.warnings)}</div>`
