/** Whether this runs in GitHub Actions. */
export const onGithub = (): boolean => process.env['GITHUB_ACTIONS'] === 'true'

/**
 * What shows an error in GitHub Actions, a line each; elsewhere nothing. What reads the workflow is
 * large, and loaded only there.
 */
export async function annotated(error: unknown, root: string): Promise<string[]> {
  if (!onGithub()) return []
  const { annotations } = await import('./annotate.ts')
  return annotations(error, root, process.env)
}
