import { pulledAnywhere } from '../image/card-root/cards.ts'
import { cardsEndWell } from '../image/card-root-tests.ts'

cardsEndWell('more-card-roots', pulledAnywhere)
