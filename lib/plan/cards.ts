import type { Plan } from './plan.ts'

/** The card of the emulator is a USB one that no file names: it is there where any of them will do. */
export const emulatedCard = (plan: Pick<Plan, 'soundcard'>): boolean =>
  plan.soundcard.found_by.usb === 'any'

/**
 * Whether JACK starts by itself where its card is: without the unit there is no server to play
 * through.
 */
export const startsJack = (plan: Pick<Plan, 'configure'>): boolean =>
  plan.configure.templates.some(({ path }) => path === 'root/etc/systemd/system/jackd@.service.hbs')
