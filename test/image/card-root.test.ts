import { cards } from './card-root/cards.ts'
import { cardsEndWell } from './card-root-tests.ts'

cardsEndWell('card-roots', cards)
