import { mixersAreSet } from '../image/mixer-tests.ts'

mixersAreSet(Infinity)
