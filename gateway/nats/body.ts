/**
 * Bodies of requests and replies as bytes: JSON or msgpack, told apart by the first byte; a reply
 * is in the format of its request.
 *
 * Bytes come from strangers: decoding never throws, and nothing but plain data comes out of it.
 */
import { Unpackr } from "msgpackr";
import { isPlainMsgpack } from "../../protocols/api/plain-msgpack.ts";
import { looksLikeRecords } from "../../protocols/api/order-batch.ts";
import { pack } from "../../protocols/index.ts";

export type BodyFormat = "json" | "msgpack";

export type DecodedBody =
  | { readonly kind: "body"; readonly format: BodyFormat; readonly body: unknown }
  /** A batch in records form, still as bytes. */
  | { readonly kind: "records"; readonly format: "msgpack" }
  | { readonly kind: "malformed"; readonly format: BodyFormat };

export function decodeBody(bytes: Uint8Array): DecodedBody {
  if (looksLikeRecords(bytes)) return { kind: "records", format: "msgpack" };
  return isMsgpackMap(bytes) ? decodeMsgpack(bytes) : decodeJson(bytes);
}

/** The format that a body seems to be in, by its first bytes; and so that of a reply to it. */
export function formatOf(bytes: Uint8Array): BodyFormat {
  return looksLikeRecords(bytes) || isMsgpackMap(bytes) ? "msgpack" : "json";
}

export function encodeReply(format: BodyFormat, reply: object): Uint8Array {
  return format === "json" ? textEncoder.encode(JSON.stringify(reply)) : pack(widened(reply));
}

function isMsgpackMap(bytes: Uint8Array): boolean {
  const token = bytes[0] ?? 0;
  return (token >= 0x80 && token <= 0x8f) || token === 0xde || token === 0xdf;
}

/** No body at all is an empty one: some requests have no fields. */
function decodeJson(bytes: Uint8Array): DecodedBody {
  if (bytes.length === 0) return { kind: "body", format: "json", body: {} };
  try {
    const body: unknown = JSON.parse(textDecoder.decode(bytes));
    return { kind: "body", format: "json", body };
  } catch (error) {
    // Bytes that are no UTF-8 are a TypeError, text that is no JSON is a SyntaxError.
    if (error instanceof TypeError || error instanceof SyntaxError) {
      return { kind: "malformed", format: "json" };
    }
    throw error;
  }
}

function decodeMsgpack(bytes: Uint8Array): DecodedBody {
  if (!isPlainMsgpack(bytes)) return { kind: "malformed", format: "msgpack" };
  return { kind: "body", format: "msgpack", body: unpackr.unpack(bytes) as unknown };
}

/** Integers beyond 2^53 are rounded to others beyond it, which no field takes. */
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder("utf-8", { fatal: true });

const int32Max = 2 ** 31;

/**
 * Integers beyond 32 bits as msgpack integers: the packer would write them as floating-point
 * numbers, which typed languages do not read as integers.
 */
function widened(value: unknown): unknown {
  if (typeof value === "number") return Math.abs(value) < int32Max ? value : BigInt(value);
  if (Array.isArray(value)) return value.map(widened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, widened(inner)]));
}
