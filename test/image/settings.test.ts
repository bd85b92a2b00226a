import { settingsRunOn } from './settings-tests.ts'

settingsRunOn('arm64', 'AArch64')
