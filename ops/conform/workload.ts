/**
 * A matching workload in the format of the public benchmark flash1-dev/matching-engine-benchmark:
 * see "On-disk format" in its docs/METHODOLOGY.md.
 *
 * The records stay as they came, in one aligned buffer, and are read field by field. Ids and prices
 * have 64 bits there and are numbers here: where a file has larger ones than a number can hold, all
 * of them are replaced by small ones that compare alike, and only texts tell the difference.
 */
import { ConformFault } from "./conform-fault.ts";
import { SmallerIntegers } from "./smaller-integers.ts";
import type { Side } from "../../protocols/order-terms.ts";

export const MessageType = { new: 0, cancel: 1, modify: 2 } as const;

export const headerBytes = 16;
export const recordBytes = 40;
const magic = 0x4d45_4257_5f30_3031n;
const version = 1;

// Where a field begins within a record, and how long a record is, in words of 32 bits.
const quantityWord = 1;
const sequenceWord = 2;
const orderIdWord = 4;
const priceWord = 6;
const recordWords = recordBytes / 4;
const headerWords = headerBytes / 4;

/** The high word of a safe integer lies between minus this and this, both excluded. */
const safeHighWord = 2 ** 21;

export class Workload {
  readonly messageCount: number;
  /** Whether every message has a larger sequence number than the one before it. */
  readonly isInSequence: boolean;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #signedWords: Int32Array;
  readonly #orderIds: SmallerIntegers | undefined;
  readonly #prices: SmallerIntegers | undefined;

  /** Takes over the bytes of a whole file. Throws a {@link ConformFault} when they are none. */
  constructor(file: ArrayBuffer) {
    this.messageCount = messageCountOf(file);
    this.#bytes = new Uint8Array(file);
    this.#words = new Uint32Array(file);
    this.#signedWords = new Int32Array(file);
    this.#checkRecords();
    this.isInSequence = this.#findInSequence();
    this.#orderIds = this.#replaceLarge(new BigUint64Array(file), orderIdWord);
    this.#prices = this.#replaceLarge(new BigInt64Array(file), priceWord);
  }

  /** One of {@link MessageType}. */
  typeOf(message: number): number {
    return this.#bytes[headerBytes + message * recordBytes]!;
  }

  sideOf(message: number): Side {
    return this.#bytes[headerBytes + message * recordBytes + 1] as Side;
  }

  isImmediate(message: number): boolean {
    return this.#bytes[headerBytes + message * recordBytes + 2] !== 0;
  }

  quantityOf(message: number): number {
    return this.#words[wordAt(message, quantityWord)]!;
  }

  orderIdOf(message: number): number {
    return this.#numberAt(wordAt(message, orderIdWord));
  }

  priceOf(message: number): number {
    return this.#numberAt(wordAt(message, priceWord));
  }

  sequenceOf(message: number): bigint {
    const word = wordAt(message, sequenceWord);
    return (BigInt(this.#words[word + 1]!) << 32n) | BigInt(this.#words[word]!);
  }

  /** What the file calls an order that {@link orderIdOf} named. */
  orderIdText(orderId: number): string {
    return this.#orderIds === undefined ? String(orderId) : this.#orderIds.textOf(orderId);
  }

  /** The file's price for one that {@link priceOf} named. */
  priceText(price: number): string {
    return this.#prices === undefined ? String(price) : this.#prices.textOf(price);
  }

  sequenceText(message: number): string {
    const word = wordAt(message, sequenceWord);
    const high = this.#words[word + 1]!;
    return high === 0 ? String(this.#words[word]) : String(this.sequenceOf(message));
  }

  #numberAt(word: number): number {
    return this.#words[word]! + this.#signedWords[word + 1]! * 2 ** 32;
  }

  #checkRecords(): void {
    for (let message = 0; message < this.messageCount; message += 1) {
      const type = this.typeOf(message);
      if (type > MessageType.modify) {
        throw malformed(message, `its type is ${type}, and there are 0, 1 and 2`);
      }
      if (type !== MessageType.cancel && this.sideOf(message) > 1) {
        throw malformed(message, `its side is ${this.sideOf(message)}, and there are 0 and 1`);
      }
    }
  }

  #findInSequence(): boolean {
    for (let message = 1; message < this.messageCount; message += 1) {
      const word = wordAt(message, sequenceWord);
      const high = this.#words[word + 1]! - this.#words[word + 1 - recordWords]!;
      const low = this.#words[word]! - this.#words[word - recordWords]!;
      if (high < 0 || (high === 0 && low <= 0)) return false;
    }
    return true;
  }

  /**
   * Replaces a field's values by their ranks in every record, if one of them is not a safe integer
   * or is less than zero and must not be.
   */
  #replaceLarge(column: BigInt64Array | BigUint64Array, fieldWord: number) {
    const highMin = column instanceof BigUint64Array ? 0 : 1 - safeHighWord;
    const words = Array.from({ length: this.messageCount }, (_, message) =>
      wordAt(message, fieldWord),
    );
    const isLarge = (word: number) => {
      const high = this.#signedWords[word + 1]!;
      return high < highMin || high >= safeHighWord;
    };
    if (!words.some(isLarge)) return undefined;
    const ranks = new SmallerIntegers(words.map((word) => column[word / 2]!));
    for (const word of words) column[word / 2] = BigInt(ranks.numberFor(column[word / 2]!));
    return ranks;
  }
}

function messageCountOf(file: ArrayBuffer): number {
  if (file.byteLength < headerBytes) {
    throw new ConformFault(
      "file-truncated",
      `the file has ${file.byteLength} bytes, and its header alone has ${headerBytes}`,
    );
  }
  const header = new DataView(file, 0, headerBytes);
  if (header.getBigUint64(0, true) !== magic) {
    throw new ConformFault("file-malformed", "the file is no workload: it begins otherwise");
  }
  if (header.getUint32(8, true) !== version) {
    const found = header.getUint32(8, true);
    throw new ConformFault("file-malformed", `the file is of version ${found}, not ${version}`);
  }
  const messageCount = header.getUint32(12, true);
  const announced = headerBytes + messageCount * recordBytes;
  if (file.byteLength < announced) {
    const whole = Math.floor((file.byteLength - headerBytes) / recordBytes);
    throw new ConformFault(
      "file-truncated",
      `the file ends after ${whole} of the ${messageCount} messages that its header announces`,
    );
  }
  if (file.byteLength > announced) {
    const surplus = file.byteLength - announced;
    throw new ConformFault("file-malformed", `${surplus} bytes follow the last message`);
  }
  return messageCount;
}

function malformed(message: number, what: string): ConformFault {
  return new ConformFault("file-malformed", `message ${message} (from 0): ${what}`);
}

function wordAt(message: number, fieldWord: number): number {
  return headerWords + message * recordWords + fieldWord;
}
