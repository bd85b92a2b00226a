import { z } from 'zod'
import { Id, PackageName, Sha256 } from './common.ts'
import { Text } from './text.ts'

/**
 * packages/*.yaml: a source package of our own. Its debian/ folder, with the patches, is
 * packages/<id>/debian.
 */
export const Package = z
  .strictObject({
    about: Text.describe('one sentence for people who choose'),
    server: Id.describe('what jack.server calls it'),
    orig: z
      .strictObject({
        path: z
          .string()
          .regex(
            /^pool\/\S+\.tar\.\w+$/,
            'expected the path of a tarball in the Debian archive, which begins with pool/',
          ),
        sha256: Sha256,
      })
      .describe('the upstream release as the Debian archive keeps it'),
    install: z
      .array(PackageName)
      .min(1)
      .describe(
        'packages of the image: some of those made of it, and what its service needs of Debian',
      ),
    says_ready: z.boolean().describe('whether it tells systemd when it is'),
    always_synchronous: z
      .boolean()
      .describe('whether it waits for all programs in each period; otherwise it can be told to'),
  })
  .describe('A JACK server')
export type PackageData = z.output<typeof Package>
