/**
 * What a user of the servers proves itself with: the text of a `.creds` file, as NATS issues it. It
 * holds a JWT that says who that is and what they may, and the seed of the Ed25519 key that signs
 * what a server asks it to (https://docs.nats.io/using-nats/developer/connecting/creds).
 */
export interface Credentials {
  readonly jwt: string;
  /** The 32 bytes that the private key is made of. */
  readonly seed: Uint8Array;
}

/** The text is not that of a `.creds` file, or was changed. */
export class CredentialsInvalid extends Error {
  override readonly name = "CredentialsInvalid";
}

const block = /-----BEGIN [A-Z ]+-----\s+(\S+)\s+-+END /g;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** "S" for a seed, "U" for a user's, "A" for an account's: five bits each, and what is left. */
const [seedPrefix, userPrefix, accountPrefix] = [18, 20, 0];
const [prefixLength, seedLength, checksumLength] = [2, 32, 2];

/** Throws `CredentialsInvalid`. */
export function parseCredentials(text: string): Credentials {
  const [jwt, encoded] = [...text.matchAll(block)].map((match) => match[1]);
  if (jwt === undefined || encoded === undefined) {
    throw new CredentialsInvalid("a file of credentials has a JWT and a seed");
  }
  return { jwt, seed: decodeSeed(encoded) };
}

function decodeSeed(encoded: string): Uint8Array {
  const bytes = decodeBase32(encoded);
  const [first = 0, second = 0] = bytes;
  const end = prefixLength + seedLength;
  const checksum = (bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8);
  const isSeed =
    bytes.length === end + checksumLength &&
    first >>> 3 === seedPrefix &&
    (((first & 7) << 2) | (second >>> 6)) === userPrefix &&
    crc16(bytes.subarray(0, end)) === checksum;
  if (!isSeed) throw new CredentialsInvalid("the seed is not that of a user's key");
  return bytes.slice(prefixLength, end);
}

/** The 32 bytes of a public key as NATS writes it. Throws `CredentialsInvalid`. */
export function publicKeyIn(encoded: string, kind: "account" | "user"): Uint8Array {
  const bytes = decodeBase32(encoded);
  const end = 1 + seedLength;
  const checksum = (bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8);
  const isKey =
    bytes.length === end + checksumLength &&
    bytes[0] === (kind === "user" ? userPrefix : accountPrefix) << 3 &&
    crc16(bytes.subarray(0, end)) === checksum;
  if (!isKey) throw new CredentialsInvalid(`this is not the public key of ${article[kind]}`);
  return bytes.slice(1, end);
}

const article = { account: "an account", user: "a user" } as const;

/** RFC 4648, without padding. What the last character has beyond the last byte must be zero. */
function decodeBase32(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let [bits, count, length] = [0, 0, 0];
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value === -1) throw new CredentialsInvalid("a key is not in base 32");
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes[length++] = bits >>> count;
  }
  if ((bits & ((1 << count) - 1)) !== 0) throw new CredentialsInvalid("a key was changed");
  return bytes;
}

/** CRC-16/XMODEM: polynomial 0x1021, begun with 0 (the check value of "123456789" is 0x31C3). */
function crc16(bytes: Uint8Array): number {
  let remainder = 0;
  for (const byte of bytes) {
    remainder ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 0x8000 ? (remainder << 1) ^ 0x1021 : remainder << 1;
    }
  }
  return remainder & 0xffff;
}
