import { settingsRunOn } from '../image/settings-tests.ts'

settingsRunOn('armhf', 'ARM')
settingsRunOn('armel', 'ARM')
