import type { Plan } from './plan.ts'

/** A card is in the emulator only where it is a USB one. */
export const emulatedCard = (plan: Pick<Plan, 'soundcard'>): boolean => plan.soundcard.bus === 'usb'

/**
 * Whether JACK starts by itself where its card is: without the unit there is no server to play
 * through.
 */
export const startsJack = (plan: Pick<Plan, 'configure'>): boolean =>
  plan.configure.templates.some(({ path }) => path === 'root/etc/systemd/system/jackd@.service.hbs')
