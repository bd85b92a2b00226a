/** What is known of an image that somebody wants. */
export interface Answers {
  board: string[]
  /** undefined: the usual one runs on these boards */
  base: string | undefined
  soundcard: string
  /** one of profiles/; undefined: none */
  profile: string | undefined
  name: string
  user: string
  /** the texts of public keys */
  keys: string[]
  /** of Wi-Fi, two capital letters; undefined: nobody has said */
  country: string | undefined
}
