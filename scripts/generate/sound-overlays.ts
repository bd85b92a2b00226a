/** An overlay of Raspberry Pi's kernel and its parameters. */
export type Overlays = Map<string, readonly string[]>

const isSound = /\b(audio|sound|DACs?|ADCs?|I2S|amp|amplifier)\b/i

/**
 * The overlays for sound of which overlays/README of Raspberry Pi's kernel tells. It has a block for
 * each: lines that begin with a word such as `Name:`, then in column 8 a parameter, and further
 * right what that does.
 */
export function soundOverlays(readme: string): Overlays {
  const blocks = readme.split(/^(?=Name: )/m).slice(1)
  return new Map(
    blocks
      .filter((block) => isSound.test(block))
      .map((block) => [
        /^Name: +(\S+)/.exec(block)![1]!,
        [...(/^Params:[^]*/m.exec(block)?.[0] ?? '').matchAll(/^(?:Params: | {8})([\w-]+)/gm)].map(
          ([, name]) => name!,
        ),
      ]),
  )
}

/** The text of tables/sound-overlays.txt. `from`: the commit, and when it was read. */
export const overlayTable = (overlays: Overlays, from: string): string =>
  [
    "# The overlays for sound of Raspberry Pi's own kernel, each with its parameters: arch/arm/boot/dts/overlays/README of",
    `# raspberrypi/linux, ${from}`,
    '# `./downbeat generate --overlays README --from "commit …"` writes this file anew from that one.',
    ...[...overlays].map(([name, parameters]) => [name, ...parameters].join(' ')).sort(),
    '',
  ].join('\n')

/** What such a table says. */
export const readOverlayTable = (text: string): Overlays =>
  new Map(
    text
      .split('\n')
      .filter((line) => /^[^#]/.test(line))
      .map((line) => line.split(' '))
      .map(([name, ...parameters]) => [name!, parameters]),
  )
