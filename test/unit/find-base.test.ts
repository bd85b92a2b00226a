import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { resolve } from '../../lib/plan/resolve/resolve.ts'
import { findBase } from '../../lib/plan/choices/find-base.ts'
import type { BaseQuestion, FoundBase } from '../../lib/plan/choices/find-base.ts'
import { catalogueAt, copyOfRepository, repository as root, temporaryFolder } from './fixtures.ts'

const sha = 'a'.repeat(64)
const lists = 'https://downloads.raspberrypi.com/os_list_imagingutility_v4.json'

const find = (
  question: Partial<BaseQuestion> & { base: string },
  texts: Record<string, string> = {},
): Promise<FoundBase> =>
  findBase(catalogueAt(root), { place: 'image.yaml:3:1', folder: '/nowhere', ...question }, (url) =>
    url in texts ? Promise.resolve(texts[url]!) : Promise.reject(new Error(`nothing at ${url}`)),
  )

function imageFile(name: string, text = 'an image'): string {
  const folder = temporaryFolder()
  const path = join(folder, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, text)
  return path
}

describe('the base of an image', () => {
  test('is a file of bases/ by its name, and nothing is asked of the network', async () => {
    expect(await find({ base: 'debian-trixie-arm64' })).toEqual({ id: 'debian-trixie-arm64' })
    // refused where it is read, with the place
    expect(await find({ base: 'no-such-base' })).toEqual({ id: 'no-such-base' })
  })

  test('may be an image on this disk, whose hash is taken and whose name tells what it is like', async () => {
    const path = imageFile('2026-06-18-raspios-trixie-arm64-lite.img.xz')
    const sha256 = createHash('sha256').update('an image').digest('hex')
    const found = { id: 'raspios-lite-arm64', image: { url: pathToFileURL(path).href, sha256 } }
    const unpinned = { ...found, unpinned: true }
    expect(await find({ base: path })).toEqual(unpinned)
    const base = path.split('/').at(-1)!
    expect(await find({ base, folder: join(path, '..') })).toEqual(unpinned)
    expect(await find({ base: path, sha256 })).toEqual(found)
  })

  test('may be an image on this disk by its address, in which a space is not a space', async () => {
    const path = imageFile('my raspios trixie-arm64.img')
    const sha256 = createHash('sha256').update('an image').digest('hex')
    const found = {
      id: 'raspios-lite-arm64',
      unpinned: true,
      image: { url: pathToFileURL(path).href, sha256 },
    }
    expect(found.image.url).toContain('my%20raspios')
    expect(await find({ base: found.image.url, like: 'raspios-lite-arm64' })).toEqual(found)
    expect(
      await find({
        base: `file://localhost${new URL(found.image.url).pathname}`,
        like: 'raspios-lite-arm64',
      }),
    ).toEqual(found)
    for (const base of ['file://elsewhere/x.img', 'file:///x%2Fy.img', 'file:///%zz.img'])
      await expect(find({ base })).rejects.toThrow(
        `image.yaml:3:1 base: ${base} is no address of a file, such as file:///home/me/raspios.img.xz; its path will do`,
      )
  })

  test('may be an image at an address, if its sha256 is given', async () => {
    const base = 'https://example.org/my-raspios-trixie-arm64.zip'
    expect(await find({ base, sha256: sha })).toEqual({
      id: 'raspios-lite-arm64',
      image: { url: base, sha256: sha },
    })
    await expect(find({ base })).rejects.toThrow(
      'image.yaml:3:1 base: an image at an address needs its sha256',
    )
    await expect(find({ base, sha256: 'abc' })).rejects.toThrow(
      'base_sha256: expected a sha256: 64 digits of 0-9 and a-f, got "abc"',
    )
  })

  test('that is an image of no known kind is refused until it is said which one it is like', async () => {
    const base = 'https://example.org/stage-box.img.xz'
    await expect(find({ base, sha256: sha })).rejects.toThrow(
      'image.yaml:3:1 base: the name stage-box.img.xz does not tell which base it is like (trixie and arm64 for raspios-lite-arm64, trixie and armhf for raspios-lite-armhf); say so: --set base_like=raspios-lite-arm64',
    )
    expect((await find({ base, sha256: sha, like: 'raspios-lite-arm64' })).id).toBe(
      'raspios-lite-arm64',
    )
    await expect(find({ base, sha256: sha, like: 'raspios-lite' })).rejects.toThrow(
      'there is no image bases/raspios-lite.yaml (there is: raspios-lite-arm64, raspios-lite-armhf)',
    )
  })

  test('that is not there, a folder, or another file than was meant is refused', async () => {
    await expect(find({ base: './gone.img.xz' })).rejects.toThrow(
      'image.yaml:3:1 base: /nowhere/gone.img.xz: there is no such file',
    )
    await expect(find({ base: root })).rejects.toThrow(`${root}: is a folder: name a file`)
    const path = imageFile('raspios-trixie-arm64.img')
    await expect(find({ base: path, sha256: sha })).rejects.toThrow(`${path} has the sha256 `)
    await expect(find({ base: 'debian-trixie-arm64', sha256: sha })).rejects.toThrow(
      'a sha256 goes with the path or the address of an image',
    )
  })
})

describe('a base that nobody has signed and nobody has pinned', () => {
  const planned = async (
    question: Partial<BaseQuestion> & { base: string },
    edits: Parameters<typeof copyOfRepository>[0] = {},
  ) => {
    const catalogue = catalogueAt(copyOfRepository(edits))
    const base = await findBase(catalogue, { place: '', folder: '/', ...question }, () =>
      Promise.resolve(
        JSON.stringify({
          os_list: [
            {
              name: 'Raspberry Pi OS Lite (64-bit)',
              url: 'https://example.org/new.img.xz',
              image_download_sha256: sha,
            },
          ],
        }),
      ),
    )
    return resolve(catalogue, join(catalogue.root, 'image.yaml'), [], { base })
  }

  test('is told by the plan, with what to do: an image of this disk whose sha256 was not given', async () => {
    const path = imageFile('my-raspios-trixie-arm64.img')
    const { unanswered_base, warnings } = await planned({ base: path })
    expect(unanswered_base).toBe(
      `base: nobody has signed ${path}, and nobody has named its sha256. Whoever made it decides what is on the card, and its programs run in the sandbox of this build. If you know its sha256, name it: --base-sha256`,
    )
    expect(warnings[0]).toBe(unanswered_base)
  })

  test('or the newest one of a list, where its base has no key', async () => {
    const unsigned = {
      'bases/raspios-lite-arm64.yaml': (text: string) =>
        text.replace(/^signature:\n(?: .*\n)+/m, ''),
    }
    const base = 'raspios-lite-arm64@latest'
    expect((await planned({ base }, unsigned)).unanswered_base).toContain(
      'nobody has signed https://example.org/new.img.xz,',
    )
    expect((await planned({ base })).unanswered_base).toBeUndefined()
  })

  test('is none whose sha256 was given, is in bases/, or that is Debian itself', async () => {
    const path = imageFile('my-raspios-trixie-arm64.img')
    const sha256 = createHash('sha256').update('an image').digest('hex')
    const answered = async (...asked: Parameters<typeof planned>): Promise<void> =>
      expect((await planned(...asked)).unanswered_base).toBeUndefined()
    await answered({ base: path, sha256 })
    await answered({ base: 'https://example.org/raspios-trixie-arm64.img', sha256: sha })
    await answered({ base: 'debian-trixie-arm64' })
    await answered({ base: 'raspios-lite-arm64' })
    await answered(
      { base: path },
      {
        'bases/raspios-lite-arm64.yaml': (text: string) =>
          text.replace(/^ {2}sha256: .*$/m, `  sha256: ${sha256}`),
      },
    )
  })
})

describe('@latest', () => {
  const entry = {
    name: 'Raspberry Pi OS Lite (64-bit)',
    url: 'https://downloads.raspberrypi.com/new.img.xz',
    extract_sha256: 'b'.repeat(64),
  }
  const list = (one: object): Record<string, string> => ({
    [lists]: JSON.stringify({
      os_list: [
        { name: 'Desktop', url: 'https://x' },
        { name: 'Raspberry Pi OS (other)', subitems: [one] },
      ],
    }),
  })
  const image = { url: entry.url, sha256: sha, unpacked_sha256: entry.extract_sha256 }

  test("takes the newest image out of Imager's list, with its hash or the one that is published beside it", async () => {
    const base = 'raspios-lite-arm64@latest'
    expect(await find({ base }, list({ ...entry, image_download_sha256: sha }))).toEqual({
      id: 'raspios-lite-arm64',
      listed: true,
      image,
    })
    expect(
      await find({ base }, { ...list(entry), [`${entry.url}.sha256`]: `${sha}  new.img.xz\n` }),
    ).toEqual({
      id: 'raspios-lite-arm64',
      listed: true,
      image,
    })
  })

  test('of an image on any server wants it signed, and one whose address was typed only on the server of the base', async () => {
    const planned = async (
      question: Partial<BaseQuestion> & { base: string },
      texts?: Record<string, string>,
    ) =>
      resolve(catalogueAt(root), join(root, 'image.yaml'), [], {
        base: await find(question, texts),
      }).base!
    const elsewhere = 'https://mirror.example.org/2027-raspios-trixie-arm64-lite.img.xz'
    const signedBy = {
      key: expect.stringMatching(/^https:/),
      fingerprint: expect.stringMatching(/^[0-9A-F]{40}$/),
    }
    const one = { ...entry, url: elsewhere, image_download_sha256: sha }
    const asPlanned = {
      url: elsewhere,
      sha256: sha,
      max_bytes: 16 * 2 ** 30,
      suite: 'trixie',
      arch: 'arm64',
    }
    expect(await planned({ base: 'raspios-lite-arm64@latest' }, list(one))).toEqual({
      ...asPlanned,
      unpacked_sha256: entry.extract_sha256,
      signature: { url: `${elsewhere}.sig`, ...signedBy },
    })
    expect(await planned({ base: elsewhere, sha256: sha })).toEqual(asPlanned)
    const own = elsewhere.replace('mirror.example.org', 'downloads.raspberrypi.com')
    expect((await planned({ base: own, sha256: sha })).signature).toEqual({
      url: `${own}.sig`,
      ...signedBy,
    })
    expect((await planned({ base: 'raspios-lite-arm64' })).signature).toMatchObject(signedBy)
  })

  test('says what is wrong with a list that it cannot use', async () => {
    const base = 'raspios-lite-arm64@latest'
    await expect(find({ base }, { [lists]: '<html>' })).rejects.toThrow(
      `${lists} is no JSON: name the image itself`,
    )
    await expect(find({ base }, { [lists]: '{"os_list": 3}' })).rejects.toThrow(
      `${lists} os_list: `,
    )
    await expect(
      find({ base }, list({ ...entry, name: 'Raspberry Pi OS Lite (64 bit)' })),
    ).rejects.toThrow(
      'has no "Raspberry Pi OS Lite (64-bit)" (bases/raspios-lite-arm64.yaml list.entry) (did you mean "Raspberry Pi OS Lite (64 bit)"?)',
    )
    await expect(
      find({ base }, { ...list(entry), [`${entry.url}.sha256`]: 'none' }),
    ).rejects.toThrow(`${entry.url}.sha256 does not begin with a sha256`)
    await expect(
      find({ base }, list({ ...entry, url: 'ftp://example.org/x.img.xz' })),
    ).rejects.toThrow('is no address to fetch an image from')
  })

  test('is refused where there is no list', async () => {
    await expect(find({ base: 'debian-trixie-arm64@latest' })).rejects.toThrow(
      'debian-trixie-arm64 has no list of newer ones',
    )
    await expect(find({ base: 'raspios-lite-arm65@latest' })).rejects.toThrow(
      'did you mean "raspios-lite-arm64"?',
    )
  })
})
