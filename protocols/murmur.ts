/**
 * MurmurHash3 of 32 bits (Austin Appleby's x86_32, in the public domain): a checksum that costs
 * next to nothing and changes whenever any four bytes in a row do. It proves nothing against who
 * means harm.
 */
export function murmur32(bytes: Uint8Array, from = 0, seed = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length - from;
  const wordsEnd = from + (length & ~3);
  let hash = seed;
  for (let at = from; at < wordsEnd; at += 4) {
    hash ^= scrambled(view.getInt32(at, true));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let at = bytes.length - 1; at >= wordsEnd; at--) rest = (rest << 8) | bytes[at]!;
  hash ^= scrambled(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scrambled(word: number): number {
  const product = Math.imul(word, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}
