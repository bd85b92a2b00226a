import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HostError, StageError, UserError } from '../../lib/common/words/errors.ts'
import { annotation, annotations } from '../../scripts/session/annotate.ts'
import { temporaryFolder, write } from './fixtures.ts'

const workflow = `on: push
jobs:
  other:
    steps:
      - uses: OWNER/downbeat@v1
        with: { set: a=b }
  image:
    steps:
      - run: echo
      - uses: OWNER/downbeat@v1
        with:
          base: x
          set: |
            board=pi9
`
const path = '.github/workflows/w.yml'

/** A repository that was checked out, and what the runner tells of it. */
function checkedOut(files: Record<string, string> = {}) {
  const folder = temporaryFolder()
  write(folder, { [path]: workflow, ...files })
  const environment = {
    GITHUB_WORKSPACE: folder,
    GITHUB_REPOSITORY: 'a/b',
    GITHUB_WORKFLOW_REF: `a/b/${path}@refs/tags/v1`,
    GITHUB_JOB: 'image',
  }
  const of = (error: unknown, more: Record<string, string> = {}): string[] =>
    annotations(error, folder, { ...environment, ...more })
  return { folder, of }
}

describe('an annotation', () => {
  test('ends at no letter of its message, and a property at none of its text', () => {
    expect(
      annotation('error', '100%: a\r\n::warning::b,c', { file: 'a,b:c%\n.yaml', line: 3 }),
    ).toBe('::error file=a%2Cb%3Ac%25%0A.yaml,line=3,title=downbeat::100%25: a%0D%0A::warning::b,c')
    expect(annotation('notice', 'x')).toBe('::notice title=downbeat::x')
  })

  test('is one for each mistake, at its line', () => {
    const { of } = checkedOut({ 'image.yaml': 'board: pi9\n', 'variants/a.yaml': 'x: 1\n' })
    expect(of(new UserError('image.yaml:1:8 board: no\nvariants/a.yaml: is wrong'))).toEqual([
      '::error file=image.yaml,line=1,col=8,title=downbeat::image.yaml:1:8 board: no',
      '::error file=variants/a.yaml,line=1,col=1,title=downbeat::variants/a.yaml: is wrong',
    ])
  })

  test('of an option is at the input that brought it, in the job that runs', () => {
    const { of } = checkedOut()
    const at = (line: number, column: number, text: string): string =>
      `::error file=${path},line=${line},col=${column},title=downbeat::${text}`
    expect(of(new UserError('--set board=pi9: no'))).toEqual([at(13, 11, '--set board=pi9: no')])
    expect(of(new UserError('input base: no'))).toEqual([at(12, 11, 'input base: no')])
    expect(of(new UserError('input boot: no'))).toEqual([at(10, 9, 'input boot: no')])
    expect(of(new UserError('no.yaml: there is no such file'))).toEqual([
      at(10, 9, 'no.yaml: there is no such file'),
    ])
    expect(of(new UserError('--set x: no'), { GITHUB_JOB: 'other' })).toEqual([
      at(6, 17, '--set x: no'),
    ])
  })

  test('of what is no mistake of a person has all lines that were told', () => {
    const { of } = checkedOut()
    expect(of(new StageError('kernel', 'exit status 2', ['100% wrong'], '/log'))).toEqual([
      `::error file=${path},line=10,col=9,title=downbeat::kernel: exit status 2%0A  | 100%25 wrong%0A  everything it printed: /log`,
    ])
    expect(of(new HostError('a is missing', 'install a'))[0]).toMatch(
      /::a is missing%0A {2}to mend it: install a$/,
    )
    expect(of(new TypeError('x'))[0]).toMatch(/::downbeat has a fault: x$/)
  })

  test.each([
    ['the workflow is that of another repository', { GITHUB_REPOSITORY: 'c/d' }],
    ['nothing was checked out', { GITHUB_WORKSPACE: '/nowhere' }],
    ['this is no runner', { GITHUB_WORKFLOW_REF: '' }],
  ])('has no place where %s', (_, environment) => {
    expect(checkedOut().of(new UserError('input boot: no'), environment)).toEqual([
      '::error title=downbeat::input boot: no',
    ])
  })

  test('of a file outside of what was checked out is none of it', () => {
    const other = checkedOut({ 'boards/x.yaml': 'a: 1\n' })
    const { of } = checkedOut()
    expect(of(new UserError(`${join(other.folder, 'boards/x.yaml')}:1:1 a: no`))[0]).toContain(
      `file=${path},line=10,`,
    )
  })
})
