/** A text in which no address has the name and password any more that may stand in it. */
export const withoutSecrets = (text: string): string =>
  text.replaceAll(/(?<=[a-z]:\/\/)[^\s/?#]*@/gi, '')
