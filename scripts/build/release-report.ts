import { dirname } from 'node:path'
import { shown } from '../session/session.ts'

/** Puts the page about an image beside it, for those who get it. `image`: its path. */
export async function releaseReport(image: string): Promise<void> {
  const folder = dirname(image)
  const [{ buildOf }, { writeReport }] = await Promise.all([
    import('../report/data/build.ts'),
    import('../report/write.ts'),
  ])
  await writeReport(buildOf(folder, dirname(folder), shown))
}
