import { createRequire } from 'node:module'
import type HandlebarsModule from 'handlebars'
import { UserError } from '../../lib/common/words/errors.ts'
import { didYouMean } from '../../lib/common/words/nearest.ts'
import type { ConfigurePlan } from '../../lib/plan/plan.ts'
import { escapes } from './escape.ts'

/** A file as it will be in the image. `where`: the FAT partition or the root file system. */
export interface Rendered {
  where: 'boot' | 'root'
  /** relative to it */
  path: string
  text: string
  executable: boolean
}

// Loaded when there is something to render, which most builds have not.
const load = createRequire(import.meta.url)
let own: typeof HandlebarsModule | undefined
function handlebars(): typeof HandlebarsModule {
  if (own) return own
  own = load('handlebars') as typeof HandlebarsModule
  for (const [name, escape] of Object.entries(escapes))
    own.registerHelper(name, (value: unknown) => escape(String(value)))
  return own
}

const blocks = { if: true, unless: true, each: true, with: true } as const
const helpers = {
  ...blocks,
  ...Object.fromEntries(Object.keys(escapes).map((name) => [name, true])),
}

/**
 * Renders what ends in `.hbs`, and copies the rest: `templates/boot/config.txt.hbs` is `config.txt`
 * on the FAT partition. A value that the view does not have is an error with file and line, in
 * conditions too, where Handlebars would take it for false.
 */
export function render({ templates, view }: Pick<ConfigurePlan, 'templates' | 'view'>): Rendered[] {
  return templates.map(({ path, text, executable }) => {
    const name = `templates/${path}`
    const file = path.replace(/\.hbs$/, '')
    const [where, ...rest] = file.split('/')
    if ((where !== 'boot' && where !== 'root') || rest.length === 0)
      throw new UserError(`${name}: expected it below templates/boot/ or templates/root/`)
    const shown =
      file === path ? text : renderText(name, text, view as unknown as Record<string, unknown>)
    return { where, path: rest.join('/'), text: shown, executable }
  })
}

/**
 * Where the root file system keeps what differs from one sound card to another, in a folder for
 * each.
 */
const shelf = 'usr/share/downbeat/soundcards'

/**
 * For each sound card that a card can be told, its own included: the texts that are not the same
 * for all of them.
 */
export function renderSoundcards({ templates, view, others }: ConfigurePlan): Rendered[] {
  const cards = [{ id: view.soundcard.id, view: {} }, ...others].map((card) => {
    const seen = { ...view, ...card.view }
    return { id: card.id, rendered: render({ templates, view: seen }) }
  })
  return cards.flatMap(({ id, rendered }) =>
    rendered
      .filter(({ text }, i) => cards.some((other) => other.rendered[i]!.text !== text))
      .map(({ where, path, text, executable }) => ({
        where: 'root',
        path: `${shelf}/${id}/${where}/${path}`,
        text,
        executable,
      })),
  )
}

/**
 * What is known of a text: each is rendered once for every sound card, and what takes long is to
 * compile it.
 */
const compiled = new Map<
  string,
  { program: hbs.AST.Program; template: HandlebarsTemplateDelegate }
>()

function compile(text: string): { program: hbs.AST.Program; template: HandlebarsTemplateDelegate } {
  const { parse, compile: made } = handlebars()
  const known = compiled.get(text) ?? {
    program: parse(text),
    template: made(text, {
      noEscape: true,
      strict: true,
      knownHelpers: helpers,
      knownHelpersOnly: true,
    }),
  }
  compiled.set(text, known)
  return known
}

function renderText(name: string, text: string, view: Record<string, unknown>): string {
  try {
    const { program, template } = compile(text)
    for (const { path, line, known } of missingIn(program, view)) {
      throw new UserError(
        `${name}:${line} {{${path}}}: there is no such value${didYouMean(path.replace(/^(\.\.\/)+/, ''), known)}`,
      )
    }
    return template(view)
  } catch (error) {
    if (error instanceof UserError) throw error
    const { message, lineNumber } = error as Error & { lineNumber?: number }
    const [first, ...rest] = message.split('\n')
    const parsed = /^Parse error on line (\d+):$/.exec(first!)
    throw new UserError(`${name}:${parsed?.[1] ?? lineNumber ?? 1} ${parsed ? rest.at(-1) : first}`)
  }
}

const optional = new Set(['soundcard.alsa_id'])

/**
 * The values that a template names and that are not there, in conditions too; inside `each`, of the
 * first one of the list.
 */
function missingIn(
  program: hbs.AST.Program,
  view: unknown,
): { path: string; line: number; known: string[] }[] {
  const Handlebars = handlebars()
  const found: { path: string; line: number; known: string[] }[] = []
  const contexts = [view]
  const contextOf = ({ depth }: hbs.AST.PathExpression): unknown => contexts.at(-1 - depth)
  class Paths extends Handlebars.Visitor {
    override BlockStatement(block: hbs.AST.BlockStatement): void {
      for (const param of block.params) this.accept(param)
      const path = block.params[0] as hbs.AST.PathExpression | undefined
      const { original } = block.path
      if ((original === 'each' || original === 'with') && path?.type === 'PathExpression') {
        const target = valueAt(contextOf(path), path.parts)
        contexts.push(original === 'each' && Array.isArray(target) ? target[0] : target)
        this.accept(block.program)
        contexts.pop()
      } else this.accept(block.program)
      if (block.inverse !== undefined) this.accept(block.inverse)
    }
    override MustacheStatement(statement: hbs.AST.MustacheStatement): void {
      // of an escape only what it is put around
      const looked = statement.params.length > 0 ? statement.params : [statement.path]
      for (const one of looked) this.accept(one)
    }
    override PathExpression(path: hbs.AST.PathExpression): void {
      const context = contextOf(path)
      // An empty list has nothing to compare with. `alsa_id` and its like may be left out by a file
      // of data.
      if (
        path.data ||
        context === undefined ||
        path.parts.length === 0 ||
        optional.has(path.original)
      )
        return
      if (valueAt(context, path.parts) === undefined) {
        found.push({
          path: path.original,
          line: path.loc.start.line,
          known: namesIn(context as Record<string, unknown>),
        })
      }
    }
  }
  new Paths().accept(program)
  return found
}

const valueAt = (from: unknown, parts: readonly string[]): unknown =>
  parts.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === 'object' && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    from,
  )

function namesIn(value: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? namesIn(inner as Record<string, unknown>, `${prefix}${key}.`)
      : [prefix + key],
  )
}
