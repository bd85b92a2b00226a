import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UserError } from '../../lib/common/words/errors.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { ImagerDevice, OsEntry, OsList } from '../../lib/plan/schema/os-list.ts'

/** The ending of what Raspberry Pi Imager 2 opens at a double click. */
export const manifestSuffix = '.rpi-imager-manifest'

export interface FileFacts {
  bytes: number
  sha256: string
}

/**
 * What Raspberry Pi Imager is told of one image. `made_on` is a true date (UTC, YYYY-MM-DD): Imager
 * chooses the kind of password hash by it. `systemd` is the one way to preset host name, user, SSH
 * and Wi-Fi that all versions of Imager know: of an image without a manifest 2.x takes it that it
 * has none.
 */
export function manifest(
  plan: Plan,
  image: FileFacts,
  packed: FileFacts,
  made_on: string,
  url: string,
): OsList {
  const { icon, website, architecture, tags, devices, base, kernel } = plan.release
  const { jack } = plan.configure.view
  const boards = plan.boards.map(({ name }) => name).join(', ')
  const entry: OsEntry = {
    name: plan.name,
    description: `Realtime audio with ${plan.soundcard.name}: ${jack.server}, ${jack.period} x ${jack.periods} at ${jack.rate} Hz = ${jack.latency_ms} ms. ${base}; ${kernel}. For ${boards}`,
    icon,
    ...(website === undefined ? {} : { website }),
    url,
    extract_size: image.bytes,
    extract_sha256: image.sha256,
    image_download_size: packed.bytes,
    image_download_sha256: packed.sha256,
    release_date: made_on,
    architecture,
    init_format: 'systemd',
    devices: tags,
  }
  return { imager: { devices }, os_list: [entry] }
}

/**
 * One list of several manifests: the images by name; each device once, the newest first, and last
 * what shows everything.
 */
export function joined(manifests: readonly OsList[]): OsList {
  const devices = new Map<string, ImagerDevice>()
  for (const device of manifests.flatMap(({ imager }) => imager.devices))
    devices.set(device.name, device)
  const newest = ({ tags }: ImagerDevice): string => tags[0] ?? ''
  const entries = manifests.flatMap(({ os_list }) => os_list)
  return {
    imager: {
      devices: [...devices.values()].sort((a, b) =>
        newest(a) < newest(b) ? 1 : newest(a) > newest(b) ? -1 : 0,
      ),
    },
    os_list: entries.sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

/** Where a file is served: below an address, or else where it lies. */
export const addressOf = (served: string | undefined, folder: string, file: string): string =>
  served === undefined
    ? pathToFileURL(join(folder, file)).href
    : new URL(encodeURIComponent(file), served).href

/** An address to put file names behind. Throws UserError. */
export function servedAt(option: string, address: string): string {
  if (
    !URL.canParse(address) ||
    !/^https?:$/.test(new URL(address).protocol) ||
    /[?#]/.test(address)
  )
    throw new UserError(
      `${option} ${address}: expected where the files will be served, such as ${option} https://example.org/images/`,
    )
  return address.endsWith('/') ? address : `${address}/`
}
