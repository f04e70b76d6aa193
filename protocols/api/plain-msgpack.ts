/**
 * Whether bytes from a stranger are plain msgpack: lists, maps, text, numbers, binary and nothing
 * else, complete, and not nested deeper than any request is.
 *
 * msgpack has extension types, and decoders build regular expressions, errors and functions from
 * them. This walks the tokens without building anything; only what passes is decoded. It never
 * throws and takes time proportional to the bytes given, whatever lengths they claim.
 */

/** The deepest request is a batch: a map of a list of maps. */
const depthMax = 8;

export function isPlainMsgpack(bytes: Uint8Array): boolean {
  return new Walk(bytes).end() === bytes.length;
}

const cutShort = -1;

function isText(token = 0): boolean {
  return (token >= 0xa0 && token <= 0xbf) || (token >= 0xd9 && token <= 0xdb);
}

class Walk {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Where the first value ends, or `cutShort` when it is not plain or not complete. */
  end(): number {
    return this.#value(0, 0);
  }

  #value(at: number, depth: number): number {
    const token = this.#bytes[at];
    if (token === undefined || depth > depthMax) return cutShort;
    const next = at + 1;
    if (token < 0x80 || token >= 0xe0) return next;
    if (token < 0x90) return this.#entries(next, token & 0x0f, depth);
    if (token < 0xa0) return this.#values(next, token & 0x0f, depth);
    if (token < 0xc0) return this.#skip(next, token & 0x1f);
    return this.#wideValue(token, next, depth);
  }

  /** Tokens 0xc0 to 0xdf. 0xc1 is unused, 0xc7 to 0xc9 and 0xd4 to 0xd8 are extensions. */
  #wideValue(token: number, next: number, depth: number): number {
    switch (token) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return next;
      case 0xc4:
      case 0xd9:
        return this.#skipCounted(next, 1);
      case 0xc5:
      case 0xda:
        return this.#skipCounted(next, 2);
      case 0xc6:
      case 0xdb:
        return this.#skipCounted(next, 4);
      case 0xcc:
      case 0xd0:
        return this.#skip(next, 1);
      case 0xcd:
      case 0xd1:
        return this.#skip(next, 2);
      case 0xca:
      case 0xce:
      case 0xd2:
        return this.#skip(next, 4);
      case 0xcb:
      case 0xcf:
      case 0xd3:
        return this.#skip(next, 8);
      case 0xdc:
        return this.#values(next + 2, this.#length(next, 2), depth);
      case 0xdd:
        return this.#values(next + 4, this.#length(next, 4), depth);
      case 0xde:
        return this.#entries(next + 2, this.#length(next, 2), depth);
      case 0xdf:
        return this.#entries(next + 4, this.#length(next, 4), depth);
      default:
        return cutShort;
    }
  }

  #values(start: number, count: number, depth: number): number {
    // Every value takes a byte at least, so a claimed length beyond the rest is a lie.
    if (count > this.#bytes.length - start) return cutShort;
    let at = start;
    for (let value = 0; value < count; value++) {
      at = this.#value(at, depth + 1);
      if (at === cutShort) return cutShort;
    }
    return at;
  }

  /** Of a map. Its keys are text: no request has others, and a decoder might refuse them. */
  #entries(start: number, count: number, depth: number): number {
    if (count * 2 > this.#bytes.length - start) return cutShort;
    let at = start;
    for (let entry = 0; entry < count; entry++) {
      if (!isText(this.#bytes[at])) return cutShort;
      at = this.#value(at, depth + 1);
      if (at !== cutShort) at = this.#value(at, depth + 1);
      if (at === cutShort) return cutShort;
    }
    return at;
  }

  #skipCounted(at: number, lengthBytes: number): number {
    return this.#skip(at + lengthBytes, this.#length(at, lengthBytes));
  }

  #skip(at: number, length: number): number {
    return length > this.#bytes.length - at ? cutShort : at + length;
  }

  /** A big-endian length; bytes that are missing make it longer than anything. */
  #length(at: number, lengthBytes: number): number {
    let length = 0;
    for (let index = at; index < at + lengthBytes; index++) {
      const byte = this.#bytes[index];
      if (byte === undefined) return Number.MAX_SAFE_INTEGER;
      length = length * 256 + byte;
    }
    return length;
  }
}
