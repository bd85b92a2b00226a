import { bothSidesAgreeOn } from './differential-tests.ts'

bothSidesAgreeOn({ seeds: [15], values: 1_000 })
