/**
 * Workload files written by hand, one message a line:
 *
 *     new 1 buy 10 @ 100        new 3 sell 7 @ 99 ioc
 *     cancel 1                  modify 2 buy 8 @ 101
 *
 * Sequence numbers count from 0; a line may begin with another, as in `#7 cancel 1`. Every number
 * may have as many bits as the format has for it.
 */
import { Side } from "../../../protocols/order-terms.ts";
import { headerBytes, MessageType, recordBytes } from "../workload.ts";

export function workloadBytes(...lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes + lines.length * recordBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 0x4d45_4257_5f30_3031n, true);
  view.setUint32(8, 1, true);
  view.setUint32(12, lines.length, true);
  for (const [index, line] of lines.entries()) {
    const fields = message.exec(line)?.groups;
    if (fields === undefined) throw new Error(`not a message: ${line}`);
    const at = headerBytes + index * recordBytes;
    view.setUint8(at, MessageType[fields["type"] as keyof typeof MessageType]);
    view.setUint8(at + 1, fields["side"] === "sell" ? Side.sell : Side.buy);
    view.setUint8(at + 2, fields["ioc"] === undefined ? 0 : 1);
    view.setUint32(at + 4, Number(fields["quantity"] ?? 0), true);
    view.setBigUint64(at + 8, BigInt(fields["sequence"] ?? index), true);
    view.setBigUint64(at + 16, BigInt(fields["id"] ?? 0), true);
    view.setBigInt64(at + 24, BigInt(fields["price"] ?? 0), true);
  }
  return bytes;
}

const message = new RegExp(
  "^(#(?<sequence>\\d+) )?(?<type>new|cancel|modify) (?<id>\\d+)" +
    "( (?<side>buy|sell) (?<quantity>\\d+) @ (?<price>-?\\d+)(?<ioc> ioc)?)?$",
);
