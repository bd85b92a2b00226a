/**
 * The id that ALSA gives a card whose driver names it so: what follows the last space before a
 * letter or a digit, of that the first 15 letters and digits of ASCII, with a letter in front where
 * a digit is the first (Linux, sound/core/init.c, snd_card_set_id_no_lock). ASoC keeps 31 letters of
 * a name (sound/soc/soc-core.c, soc_setup_card_name).
 */
export function alsaId(name: string): string {
  const kept = name.slice(0, 31)
  const word = kept.split(/\s(?=[A-Za-z0-9])/).at(-1)!
  const id = word.replaceAll(/[^A-Za-z0-9]/g, '')
  const before = /^\d/.test(id) ? (/^[A-Za-z]/.exec(kept)?.[0] ?? 'D') : ''
  return `${before}${id}`.slice(0, 15)
}
