/**
 * Trace and span ids as OpenTelemetry wants them, by hash: whoever speaks of an order's trace, from
 * whichever node and however much later, names it alike.
 *
 * A trace id is 16 bytes and a span id 8, in lower-case hex, and never all zeros
 * (https://www.w3.org/TR/trace-context/#trace-id). The first half of a trace id is the cluster's, the
 * second half the order's: two orders of a cluster never have the same.
 */
import type { OrderId } from "./identifiers.ts";
import { murmur32 } from "./murmur.ts";

const twoTo32 = 2 ** 32;
const encoder = new TextEncoder();
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
/** Text is hashed where it is written, again and again. */
let written = new Uint8Array(256);
/** Any will do: for all halves that are hashed apart. */
const seeds = [0x6f757463, 0x72792e31] as const;
/** Of each round, for orders. */
const roundKeys = [0x9e3779b9, 0x7f4a7c15, 0xf39cc060, 0x5cedc834] as const;

/** The second half of an order's trace id: scattered, and of each order another one. */
export class ScatteredOrderId {
  high = 0;
  low = 0;

  /** The halves are those of this order from now on. */
  set(orderId: OrderId): this {
    // A Feistel network: whatever its rounds do, it can be undone.
    let left = Math.floor(orderId / twoTo32) | 0;
    let right = orderId | 0;
    for (const key of roundKeys) {
      const next = left ^ finished(right ^ key);
      left = right;
      right = next;
    }
    this.high = left >>> 0;
    this.low = right >>> 0;
    return this;
  }
}

const scattered = new ScatteredOrderId();

/** The first half of all trace ids of a cluster: 16 hex digits. */
export function tracePrefixOf(cluster: string): string {
  return hash64(cluster);
}

export function traceIdOfOrder(cluster: string, orderId: OrderId): string {
  const { high, low } = scattered.set(orderId);
  return tracePrefixOf(cluster) + hex32(high) + hex32(low);
}

/** Of a command of which no order came, by what names the command. */
export function traceIdOfCommand(cluster: string, name: string): string {
  return tracePrefixOf(cluster) + hash64(`command ${name}`);
}

/** @param parts what names the span within its trace. */
export function spanIdOf(traceId: string, ...parts: readonly (string | number)[]): string {
  return hash64([traceId, ...parts].join(" "));
}

/** Of the span that all others of an order's trace hang from. */
export function rootSpanIdOf(traceId: string): string {
  return spanIdOf(traceId, "order");
}

/** 16 hex digits, not all zero. */
function hash64(text: string): string {
  if (written.length < text.length * 3) written = new Uint8Array(text.length * 3);
  const bytes = written.subarray(0, encoder.encodeInto(text, written).written);
  const [first, second] = seeds;
  const hex = hex32(murmur32(bytes, 0, first)) + hex32(murmur32(bytes, 0, second));
  return hex === "0000000000000000" ? "0000000000000001" : hex;
}

function hex32(value: number): string {
  const [first, second] = [value >>> 24, (value >>> 16) & 0xff];
  const [third, fourth] = [(value >>> 8) & 0xff, value & 0xff];
  return hexOfByte[first]! + hexOfByte[second]! + hexOfByte[third]! + hexOfByte[fourth]!;
}

/** MurmurHash3's last step: every bit depends on every other. */
function finished(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
