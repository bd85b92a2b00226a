import { render } from '../../../stages/configure/render.ts'
import type { View } from '../../../lib/plan/plan.ts'
import { messageOf, UserError } from '../../../lib/common/words/errors.ts'
import type { Build } from './build.ts'

/** A line of config.txt or a word of cmdline.txt, and the reason for it. */
export interface BootLine {
  /** the boards it is for, as a section of config.txt; empty: all of a command line */
  section: string
  text: string
  why: string
}

/**
 * The lines of config.txt and the words of cmdline.txt as the card has them, each with the comment
 * that stands before or behind it there. A tuning that it names is told in words, too.
 */
export function bootLinesOf(build: Build): { config: BootLine[]; cmdline: BootLine[] } {
  const why = whyOf(build)
  return {
    config: configLines(renderedOf(build, 'boot/config.txt.hbs')).map(why),
    cmdline: wordsOf(renderedOf(build, 'boot/cmdline-explained.txt.hbs')).map(why),
  }
}

/** The plan has the template, too: what is shown is what the build has rendered. */
function renderedOf({ plan }: Build, path: string): string {
  const { templates, view } = plan.configure
  try {
    const [file] = render({
      templates: templates.filter((template) => template.path === path),
      view: view as unknown as View,
    })
    return file?.text ?? ''
  } catch (error) {
    throw new UserError(
      `plan.json of ${plan.name}: ${path} cannot be rendered: ${messageOf(error)}; ./downbeat build makes it anew`,
    )
  }
}

function whyOf({ plan }: Build): (line: BootLine) => BootLine {
  const tunings = new Map(plan.tunings.map(({ id, about }) => [id, about]))
  return (line) => {
    const about = tunings.get(line.why)
    return about === undefined ? line : { ...line, why: `${line.why}: ${about}` }
  }
}

/** A comment is of all lines below it, up to an empty line. */
function configLines(text: string): BootLine[] {
  const lines: BootLine[] = []
  let [section, why] = ['', '']
  for (const line of text.split('\n'))
    if (line.trim() === '') why = ''
    else if (line.startsWith('#')) why = line.slice(1).trim()
    else if (/^\[.*\]$/.test(line)) section = line
    else lines.push({ section, text: line, why })
  return lines
}

/** `word    why`, below the first empty line. */
const wordsOf = (text: string): BootLine[] =>
  text
    .split('\n\n')
    .slice(1)
    .join('\n')
    .split('\n')
    .flatMap((line) => {
      const at = line.indexOf('    ')
      return at < 0 ? [] : [{ section: '', text: line.slice(0, at), why: line.slice(at).trim() }]
    })
