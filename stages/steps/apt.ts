import type { Shell } from '../../lib/engine/shell/shell.ts'

/**
 * Reads the lists of packages into the folder of the stage. Gives the options with which `apt-get
 * download` and `apt-cache` ask them, for another architecture than that of the root if there is one.
 * Nothing else of the root is asked or changed. `more`: options for other archives than its own.
 */
export async function aptLists(
  $: Shell,
  work: string,
  arch?: string,
  more: readonly string[] = [],
): Promise<string[]> {
  const settings = [
    ...(arch === undefined ? [] : [`APT::Architecture=${arch}`, `APT::Architectures=${arch}`]),
    `Dir::State::Lists=${work}/lists`,
    `Dir::Cache=${work}`,
    'Dir::State::status=/dev/null',
    'APT::Sandbox::User=root',
    'Acquire::Retries=3',
    ...more,
  ]
  const options = ['-qq', ...settings.flatMap((setting) => ['-o', setting])]
  await $`mkdir -p ${work}/lists/partial ${work}/archives/partial
    apt-get ${options} --error-on=any update`
  return options
}
