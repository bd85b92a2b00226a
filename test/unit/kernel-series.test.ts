import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forSeries } from '../../stages/kernel/for-series.ts'
import { catalogueAt, repository, temporaryFolder } from './fixtures.ts'

test('a line of a fragment may be for some series only', () => {
  const fragment = [
    'CONFIG_A=y',
    'CONFIG_B=y # to 6.12',
    'CONFIG_C="x" # from 7.2',
    '# CONFIG_D is not set # from 7.10',
    '# a comment, to 6.12',
  ].join('\n')
  const of = (series: string): string[] => forSeries(fragment, series).split('\n')
  const always = ['CONFIG_A=y', '# a comment, to 6.12']
  const [first, last] = always as [string, string]
  expect(of('6.12')).toEqual([first, 'CONFIG_B=y', last])
  expect(of('6.18')).toEqual([first, last])
  expect(of('7.2')).toEqual([first, 'CONFIG_C="x"', last])
  expect(of('7.9')).toEqual([first, 'CONFIG_C="x"', last])
  expect(of('7.10')).toEqual([first, 'CONFIG_C="x"', '# CONFIG_D is not set', last])
})

test('no mark of a series is left behind an option of our own fragments, whatever the series', () => {
  for (const { path, text } of catalogueAt(repository).texts('kernel/fragments'))
    for (const series of ['6.12', '7.3'])
      for (const line of forSeries(text, series).split('\n'))
        if (/^(# )?CONFIG_\w+(=| is)/.test(line))
          expect(line, path).toMatch(/^(CONFIG_\w+=("[^"]*"|\S+)|# CONFIG_\w+ is not set)$/)
})

test('the check of a configuration says where an option was asked for, and in which Linux it is not', () => {
  const folder = temporaryFolder()
  const write = (name: string, lines: string[]): string => {
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
    return join(folder, name)
  }
  const files = [
    write('options', ['CONFIG_A', 'CONFIG_B', 'CONFIG_D']),
    write('config', ['CONFIG_A=y', '# CONFIG_B is not set', '# CONFIG_D is not set']),
    write('fragments', [
      '#: kernel/fragments/10-core.config',
      'CONFIG_A=y',
      'CONFIG_B=m',
      '#: tunings/no-c.yaml',
      '# CONFIG_C is not set',
      'CONFIG_D=n',
    ]),
  ]
  let said = ''
  try {
    execFileSync(
      'awk',
      ['-v', 'linux=7.4.1', '-f', join(repository, 'stages/kernel/check-config.awk'), ...files],
      { encoding: 'utf8', stdio: 'pipe' },
    )
  } catch (error) {
    said = (error as { stdout: string }).stdout
  }
  expect(said.trim().split('\n').sort()).toEqual([
    'kernel/fragments/10-core.config: asked for "CONFIG_B=m", got "# CONFIG_B is not set" in Linux 7.4.1',
    'tunings/no-c.yaml: CONFIG_C: no such option in Linux 7.4.1; # to or # from behind a line of a fragment says for which series it is',
  ])
})
