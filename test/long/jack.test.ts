import { guitarixBeside, jackRunsOn } from '../image/jack-tests.ts'

// Packages for the first Pi and for 32-bit systems are in no image that is built here: they are
// built, and run.
jackRunsOn('armhf', 'ARM')
jackRunsOn('armel', 'ARM')
guitarixBeside('jack1', 'jackd1', 'libjack0')
guitarixBeside('jack2', 'jackd2', 'libjack-jackd2-0')
