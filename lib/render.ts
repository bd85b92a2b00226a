import Handlebars from 'handlebars'
import { UserError } from './errors.ts'
import { didYouMean } from './nearest.ts'
import type { ConfigurePlan } from './plan.ts'

/** A file as it will be in the image. `where`: the FAT partition or the root file system. */
export interface Rendered {
  where: 'boot' | 'root'
  /** relative to it */
  path: string
  text: string
  executable: boolean
}

const helpers = { if: true, unless: true, each: true, with: true } as const

/**
 * Renders every template: `templates/boot/config.txt.hbs` is `config.txt` on the FAT partition. A value that the view
 * does not have is an error with file and line, in conditions too, where Handlebars would take it for false.
 */
export function render({ templates, view }: ConfigurePlan): Rendered[] {
  return templates.map(({ path, text, executable }) => {
    const name = `templates/${path}`
    const [where, ...rest] = path.replace(/\.hbs$/, '').split('/')
    if ((where !== 'boot' && where !== 'root') || rest.length === 0)
      throw new UserError(`${name}: expected it below templates/boot/ or templates/root/`)
    return { where, path: rest.join('/'), text: renderText(name, text, view as unknown as Record<string, unknown>), executable }
  })
}

function renderText(name: string, text: string, view: Record<string, unknown>): string {
  try {
    const program = Handlebars.parse(text)
    for (const { path, line } of pathsIn(program)) {
      // `alsa_id` and its like may be left out by a file of data; every other name of the view is always there.
      if (!optional.has(path) && !has(view, path)) {
        throw new UserError(`${name}:${line} {{${path}}}: there is no such value${didYouMean(path, namesIn(view))}`)
      }
    }
    return Handlebars.compile(text, { noEscape: true, strict: true, knownHelpers: helpers, knownHelpersOnly: true })(view)
  } catch (error) {
    if (error instanceof UserError) throw error
    const { message, lineNumber } = error as Error & { lineNumber?: number }
    throw new UserError(`${name}:${lineNumber ?? 1} ${message.split('\n')[0]}`)
  }
}

const optional = new Set(['soundcard.alsa_id'])

/** Every value that a template names from the top of the view; what stands inside `each` is checked when it is rendered. */
function pathsIn(program: hbs.AST.Program): { path: string; line: number }[] {
  const found: { path: string; line: number }[] = []
  class Paths extends Handlebars.Visitor {
    depth = 0
    override BlockStatement(block: hbs.AST.BlockStatement): void {
      const nested = block.path.original === 'each'
      for (const param of block.params) this.accept(param)
      this.depth += nested ? 1 : 0
      this.accept(block.program)
      this.depth -= nested ? 1 : 0
      if (block.inverse !== undefined) this.accept(block.inverse)
    }
    override PathExpression(path: hbs.AST.PathExpression): void {
      if (this.depth === 0 && !path.data && !(path.original in helpers)) found.push({ path: path.original, line: path.loc.start.line })
    }
  }
  new Paths().accept(program)
  return found
}

const has = (view: unknown, path: string): boolean =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        value !== null && typeof value === 'object' && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined,
      view,
    ) !== undefined

function namesIn(value: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? namesIn(inner as Record<string, unknown>, `${prefix}${key}.`)
      : [prefix + key],
  )
}
