import { linesOf, namesIn } from '../schema/tables.ts'
import type { TableName } from '../schema/tables.ts'
import { rules } from '../schema/values.ts'
import type { TextRule } from '../schema/values.ts'
import type { SettingKey } from './settings.ts'
import { settingKeys } from './settings.ts'

/**
 * The same keys, with what their values may be, for the program that reads them on the card:
 * packages/tools/settings/keys.h.
 */
export function settingsHeader(): string {
  const keys = settingKeys()
  const tables = new Set(keys.flatMap(({ rule }) => rule?.among ?? rule?.not ?? []))
  return `/* The keys of downbeat.toml. Made of the schema of its settings by ./downbeat generate. */
#pragma once
#include <cstddef>

enum kind { TEXT, TEXTS, NUMBER, YES_NO };

/* A table of tables/, in the order of its bytes. */
struct table {
	const char *const *names;
	size_t count;
};

${[...tables].map((name) => tableInC(name, namesIn(name))).join('\n\n')}

/* Of keyboards: a layout, a space, and a variant that it has. */
${tableInC('layouts-and-variants', layoutsAndVariants())}

/* What is often written, and what is meant by it. Ends with nothing. */
struct meant {
	const char *written, *meant;
};

struct setting {
	const char *key;
	enum kind kind;
	const char *pattern;
	const char *expected;
	long min, max; /* of a number; of a text, max is its bytes */
	size_t most;   /* of a list: as many texts */
	bool secret;
	const struct table *among, *none_of; /* only what the one has, nothing that the other has */
	const struct meant *meant;
};

${keys.flatMap(({ key, rule }) => (rule?.meant ? [meantInC(key, rule.meant)] : [])).join('\n\n')}

inline const struct setting settings_known[] = {
${keys.map((key) => `	${rowInC(key)},`).join('\n')}
};

/* A password as it is, which only Raspberry Pi OS's own files may have. */
inline const struct setting setting_password =
	${rowInC({ ...text('user.password', rules.password), secret: true })};
`
}

const text = (key: string, rule: TextRule): SettingKey => ({
  key,
  kind: 'text',
  about: '',
  example: '',
  secret: false,
  rule,
  expected: rule.expected,
  min: 0,
  max: 0,
  most: 0,
})

function rowInC(setting: SettingKey): string {
  const { key, kind, expected, min, max, most, secret, rule } = setting
  const { pattern, bytes = max, among, not, meant } = rule ?? {}
  const table = (name: TableName | undefined): string =>
    name === undefined ? 'nullptr' : `&${inSnake(name)}`
  return `{ ${[
    inC(key),
    kind.toUpperCase(),
    inC(pattern?.source ?? ''),
    inC(expected),
    min,
    bytes,
    most,
    secret,
    table(among),
    table(not),
    meant === undefined ? 'nullptr' : `${inSnake(key)}_meant`,
  ].join(', ')} }`
}

const layoutsAndVariants = (): string[] =>
  linesOf('keyboard-variants').map((line) => line.split(' ').reverse().join(' '))

function tableInC(name: string, words: Iterable<string>): string {
  const names = Array.from(words, inC)
  return `inline const char *const ${inSnake(name)}_names[] = {
${names
  .sort()
  .map((one) => `\t${one},`)
  .join('\n')}
};
inline const struct table ${inSnake(name)} = { ${inSnake(name)}_names, ${names.length} };`
}

const meantInC = (key: string, meant: Readonly<Record<string, string>>): string =>
  `inline const struct meant ${inSnake(key)}_meant[] = {
${Object.entries(meant)
  .map(([written, is]) => `\t{ ${inC(written)}, ${inC(is)} },`)
  .join('\n')}
\t{},
};`

const inSnake = (name: string): string => name.replaceAll(/[^a-z0-9]/g, '_')
const inC = (text: string): string => JSON.stringify(text).replaceAll('?', '\\?') // no trigraphs
