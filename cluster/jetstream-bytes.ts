/**
 * Bytes as the rest of the system expects them.
 *
 * What comes from a socket is sometimes Node's `Buffer` and sometimes not, and the two differ where
 * it hurts: `slice` of one is a view, of the other a copy.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
