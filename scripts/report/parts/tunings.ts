import { provenOf, provenOfAll } from '../data/proofs.ts'
import type { Proven, Tried } from '../data/proofs.ts'
import { html } from '../html.ts'
import type { Html } from '../html.ts'
import type { Part, Subject } from './part.ts'
import { counted, folded, list } from './words.ts'

/** Each tuning with its reason, its source, and its proofs; last what only a board can answer. */
export const tunings: Part = {
  id: 'tunings',
  title: 'The tunings and their proofs',
  of(one) {
    const inForce = one.plan.tunings.filter(({ off }) => off === undefined)
    const off = one.plan.tunings.filter((tuning) => tuning.off !== undefined)
    const proven = inForce.map((tuning) => ({ tuning, proven: provenOf(one, tuning) }))
    const ofAll = provenOfAll(one)
    const { proofs } = one.record
    const failed = proofs.filter(({ passed }) => !passed).length
    return html`<p>
        ${counted(inForce.length, 'tuning')} in force. ${counted(proofs.length - failed, 'proof')}
        passed${failed === 0 ? '' : html`, <strong class="bad">${failed} failed</strong>`}.
      </p>
      ${ofAll.length === 0 ? undefined : folded(html`The whole image ${verdict({ tried: ofAll, onBoard: [], untried: [] })}`, list(ofAll.map(triedIn)))}
      ${proven.map(({ tuning, proven }) => folded(html`<strong>${tuning.id}</strong> ${tuning.about} ${verdict(proven)}`, inside(one, tuning, proven)))}
      <h3>Only a board can answer</h3>
      ${onBoard(proven)}
      ${off.length === 0 ? undefined : folded(`${counted(off.length, 'tuning')} not in force, and why`, list(off.map(({ id, about, off }) => html`<strong>${id}</strong> ${about}. Not in force: ${off}`)))}`
  },
}

const inside = (
  { plan }: Subject,
  tuning: Subject['plan']['tunings'][number],
  { tried, untried }: Proven,
): Html =>
  html`<p>Source: ${tuning.source}</p>
    ${tuning.boards.length < plan.boards.length ? html`<p>For: ${tuning.boards.join(', ')}</p>` : undefined}
    ${tuning.mend === undefined ? undefined : html`<p>Where a proof fails on the board: ${tuning.mend}</p>`}
    ${list(tried.map(triedIn))}
    ${
      untried.length === 0
        ? undefined
        : html`<p>Not tried yet (<code>./downbeat build --boot</code>):</p>
            ${list(untried.map((title) => html`<code>${title}</code>`))}`
    }`

const triedIn = ({ title, passed, failed }: Tried): Html =>
  html`<code>${title}</code>
    ${passed.length === 0 ? undefined : html`<span class="good">passed: ${[...new Set(passed)].join(', ')}</span>`}${failed.map(({ where, expected, seen }) => html` <span class="bad">failed: ${where}</span>, expected <code>${expected}</code>, seen <code>${seen.slice(0, 400)}</code>`)}`

function verdict({ tried, onBoard, untried }: Proven): Html {
  const failed = tried.filter((one) => one.failed.length > 0).length
  const words = [
    ...(tried.length > failed ? [`${tried.length - failed} passed`] : []),
    ...(untried.length > 0 ? [`${untried.length} not tried`] : []),
    ...(onBoard.length > 0 ? [`${onBoard.length} on a board only`] : []),
  ].join(', ')
  return html`<span class="soft"
    >(${failed > 0 ? html`<span class="bad">${failed} failed</span>${words === '' ? '' : ', '}` : undefined}${words})</span
  >`
}

function onBoard(all: readonly { tuning: { id: string }; proven: Proven }[]): Html {
  const rows = all.flatMap(({ tuning, proven }) =>
    proven.onBoard.map((title) => html`<strong>${tuning.id}</strong> <code>${title}</code>`),
  )
  return rows.length === 0
    ? html`<p>Nothing: all of its proofs were or can be tried in an emulator.</p>`
    : html`<p>
          No emulator has what these proofs ask for. <code>sudo downbeat-doctor</code> on the board
          tries them:
        </p>
        ${list(rows)}`
}
