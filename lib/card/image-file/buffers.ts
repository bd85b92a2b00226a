/** A page of the processor, and the largest sector that a disk counts in. */
const WASM_PAGE = 65536

/**
 * Buffers that O_DIRECT takes, which wants memory that begins where a sector could: Node's own
 * begin anywhere. The memory of WebAssembly begins at a page, because V8 maps it; that is no
 * promise of V8's, and the tests ask it again.
 */
export function alignedBuffers(count: number, bytes: number): Buffer[] {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } }
  }
  const { buffer } = new WebAssembly.Memory({ initial: Math.ceil((count * bytes) / WASM_PAGE) })
  return Array.from({ length: count }, (_, i) => Buffer.from(buffer, i * bytes, bytes))
}
