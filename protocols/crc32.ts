/**
 * CRC-32 as Ethernet, gzip and the checksums of many venues have it: polynomial 0x04C11DB7,
 * reflected 0xEDB88320, begun with and ended by inverting all bits (ISO/IEC 8802-3; the check value
 * of "123456789" is 0xCBF43926).
 */
const polynomial = 0xedb88320;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  }
  return remainder;
});

/** Of text in ASCII. An integer of 32 bits, not negative. */
export function crc32(text: string): number {
  let remainder = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    remainder = table[(remainder ^ text.charCodeAt(at)) & 0xff]! ^ (remainder >>> 8);
  }
  return (remainder ^ 0xffffffff) >>> 0;
}
