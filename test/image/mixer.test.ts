import { mixersAreSet } from './mixer-tests.ts'

// test/long has all of them
mixersAreSet(3)
