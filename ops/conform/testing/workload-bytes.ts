/**
 * Workload files made here: by a program, message by message, or by hand, one message a line:
 *
 *     new 1 buy 10 @ 100        new 3 sell 7 @ 99 ioc
 *     cancel 1                  modify 2 buy 8 @ 101
 *
 * In lines, sequence numbers count from 0 unless a line begins with another, as in `#7 cancel 1`.
 * Every number may have as many bits as the format has for it.
 */
import { Side } from "../../../protocols/order-terms.ts";
import { headerBytes, MessageType, recordBytes } from "../workload.ts";

export interface WorkloadMessage {
  readonly type: number;
  readonly orderId: number | bigint;
  readonly side?: Side;
  readonly quantity?: number;
  readonly price?: number | bigint;
  readonly isImmediate?: boolean;
  /** Its place among the messages if absent. */
  readonly sequence?: bigint;
}

export function encodeWorkload(messages: readonly WorkloadMessage[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(headerBytes + messages.length * recordBytes));
  view.setBigUint64(0, 0x4d45_4257_5f30_3031n, true);
  view.setUint32(8, 1, true);
  view.setUint32(12, messages.length, true);
  for (const [index, message] of messages.entries()) {
    const at = headerBytes + index * recordBytes;
    view.setUint8(at, message.type);
    view.setUint8(at + 1, message.side ?? Side.buy);
    view.setUint8(at + 2, message.isImmediate === true ? 1 : 0);
    view.setUint32(at + 4, message.quantity ?? 0, true);
    view.setBigUint64(at + 8, message.sequence ?? BigInt(index), true);
    view.setBigUint64(at + 16, BigInt(message.orderId), true);
    view.setBigInt64(at + 24, BigInt(message.price ?? 0), true);
  }
  return view.buffer;
}

export function workloadBytes(...lines: readonly string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encodeWorkload(lines.map(messageOf)));
}

const pattern = new RegExp(
  "^(#(?<sequence>\\d+) )?(?<type>new|cancel|modify) (?<orderId>\\d+)" +
    "( (?<side>buy|sell) (?<quantity>\\d+) @ (?<price>-?\\d+)(?<ioc> ioc)?)?$",
);

function messageOf(line: string, index: number): WorkloadMessage {
  const fields = pattern.exec(line)?.groups;
  if (fields === undefined) throw new Error(`not a message: ${line}`);
  return {
    type: MessageType[fields["type"] as keyof typeof MessageType],
    orderId: BigInt(fields["orderId"] ?? 0),
    side: fields["side"] === "sell" ? Side.sell : Side.buy,
    quantity: Number(fields["quantity"] ?? 0),
    price: BigInt(fields["price"] ?? 0),
    isImmediate: fields["ioc"] !== undefined,
    sequence: BigInt(fields["sequence"] ?? index),
  };
}
