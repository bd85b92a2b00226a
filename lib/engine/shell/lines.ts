/** Cuts a stream into lines; a last one without its end counts too. */
export function lines(take: (line: string) => void): {
  push: (chunk: Buffer | string) => void
  end: () => void
} {
  let rest = ''
  const decoder = new TextDecoder()
  return {
    push: (chunk) => {
      const parts = (
        rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
      ).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) take(part)
    },
    end: () => {
      if (rest !== '') take(rest)
      rest = ''
    },
  }
}
