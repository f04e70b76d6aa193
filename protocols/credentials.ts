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

/** Whose a key is: an operator issues the tokens of accounts, and an account those of users. */
export type KeyKind = "operator" | "account" | "user";

const keyKinds: readonly KeyKind[] = ["operator", "account", "user"];
const block = /-----BEGIN [A-Z ]+-----\s+(\S+)\s+-+END /g;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** "S" for a seed, and a letter for whose it is: the place of each in the alphabet. */
const seedPrefix = 18;
const prefixes = { operator: 14, account: 0, user: 20 } as const;
const [prefixLength, seedLength, checksumLength] = [2, 32, 2];

/** Throws `CredentialsInvalid`. */
export function parseCredentials(text: string): Credentials {
  const [jwt, encoded] = [...text.matchAll(block)].map((match) => match[1]);
  if (jwt === undefined || encoded === undefined) {
    throw new CredentialsInvalid("a file of credentials has a JWT and a seed");
  }
  const { kind, seed } = seedIn(encoded);
  if (kind !== "user") throw new CredentialsInvalid("the seed is not that of a user's key");
  return { jwt, seed };
}

/** Whose key a seed is of, and the 32 bytes it is made of. Throws `CredentialsInvalid`. */
export function seedIn(encoded: string): { readonly kind: KeyKind; readonly seed: Uint8Array } {
  const bytes = decodeBase32(encoded);
  const [first = 0, second = 0] = bytes;
  const end = prefixLength + seedLength;
  const checksum = (bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8);
  const prefix = ((first & 7) << 2) | (second >>> 6);
  const kind = keyKinds.find((known) => prefixes[known] === prefix);
  const isSeed =
    bytes.length === end + checksumLength &&
    first >>> 3 === seedPrefix &&
    crc16(bytes.subarray(0, end)) === checksum;
  if (!isSeed || kind === undefined) throw new CredentialsInvalid("this is not the seed of a key");
  return { kind, seed: bytes.slice(prefixLength, end) };
}

/** The text of a seed of 32 bytes. */
export function seedText(kind: KeyKind, seed: Uint8Array): string {
  const prefix = prefixes[kind];
  return checked([(seedPrefix << 3) | (prefix >>> 2), (prefix & 3) << 6], seed);
}

/** The text of a public key of 32 bytes. */
export function publicKeyText(kind: KeyKind, key: Uint8Array): string {
  return checked([prefixes[kind] << 3], key);
}

function checked(prefix: readonly number[], key: Uint8Array): string {
  const bytes = Uint8Array.of(...prefix, ...key);
  const checksum = crc16(bytes);
  return encodeBase32(Uint8Array.of(...bytes, checksum & 0xff, checksum >>> 8));
}

/** The 32 bytes of a public key as NATS writes it. Throws `CredentialsInvalid`. */
export function publicKeyIn(encoded: string, kind: KeyKind): Uint8Array {
  const bytes = decodeBase32(encoded);
  const end = 1 + seedLength;
  const checksum = (bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8);
  const isKey =
    bytes.length === end + checksumLength &&
    bytes[0] === prefixes[kind] << 3 &&
    crc16(bytes.subarray(0, end)) === checksum;
  if (!isKey) throw new CredentialsInvalid(`this is not the public key of ${article[kind]}`);
  return bytes.slice(1, end);
}

const article = { operator: "an operator", account: "an account", user: "a user" } as const;

/** RFC 4648, without padding. */
function encodeBase32(bytes: Uint8Array): string {
  let [bits, count, text] = [0, 0, ""];
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (count += 8; count >= 5; count -= 5) text += alphabet[(bits >>> (count - 5)) & 31];
  }
  return count === 0 ? text : text + alphabet[(bits << (5 - count)) & 31];
}

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
