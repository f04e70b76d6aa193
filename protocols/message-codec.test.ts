/**
 * Golden bytes: `codec.golden/messages.txt` holds every kind of message as one batch. They are in
 * logs, so a kind whose bytes change takes a new number and leaves these as they are.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "./assert.ts";
import { readMessage, writeMessage } from "./message-codec.ts";
import type { Message } from "./messages.ts";
import { MalformedRecords, pack, RecordReader, RecordWriter, unpack } from "./records.ts";
import { expectGolden, hexDocument, readHexDocument } from "./testing/golden-file.ts";
import { anyMessage, messageExamples, messageKinds, messagesOf } from "./testing/messages.ts";

const golden = new URL("codec.golden/messages.txt", import.meta.url);

function encode(messages: readonly Message[]): Uint8Array {
  const writer = new RecordWriter();
  for (const message of messages) writeMessage(writer, message);
  return writer.finish();
}

function decode(bytes: Uint8Array): Message[] {
  const reader = RecordReader.of(bytes);
  const messages: Message[] = [];
  while (reader.hasMore) messages.push(readMessage(reader));
  return messages;
}

describe("the bytes of messages", () => {
  it("are frozen for every kind", () => {
    const pieces = messageKinds.map((kind) => [kind, encode([messageExamples[kind]])]);
    expectGolden(golden, hexDocument(Object.fromEntries(pieces) as Record<string, Uint8Array>));
  });

  it("are read as they have been since they were frozen", () => {
    const pieces = readHexDocument(golden);
    expect([...pieces.keys()]).toEqual(messageKinds);
    for (const kind of messageKinds) {
      expect(decode(pieces.get(kind)!)).toEqual([messageExamples[kind]]);
    }
  });

  it("hold no two kinds under one number", () => {
    const firsts = messageKinds.map((kind) => {
      const [, rows, ordinary] = unpack(encode([messageExamples[kind]])) as [
        unknown,
        Uint8Array,
        unknown[][],
      ];
      return rows[0] === 0 ? ordinary[0]?.[0] : rows[0];
    });
    expect(new Set(firsts).size).toBe(messageKinds.length);
  });

  it.each(messageKinds)("give back any %s", (kind) => {
    fc.assert(
      fc.property(messagesOf(kind), (message) => {
        expect(decode(encode([message]))).toStrictEqual([message]);
      }),
    );
  });

  it("give back any batch, in order", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 60 }), (messages) => {
        expect(decode(encode(messages))).toStrictEqual(messages);
      }),
    );
  });

  it("are equal for equal batches, whatever was encoded before", () => {
    const writer = new RecordWriter();
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 20 }), (messages) => {
        writer.reset();
        for (const message of messages) writeMessage(writer, message);
        expect(writer.finish()).toEqual(encode(messages));
      }),
    );
  });
});

describe("reading a message", () => {
  const rows = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

  it("refuses a kind that is not known", () => {
    expect(() => decode(pack([[], rows(9), []]))).toThrow("no message kind 9");
    expect(() => decode(pack([[], rows(26), []]))).toThrow("no message kind 26");
    expect(() => decode(pack([[], rows(0), [[999]]]))).toThrow("no message kind 999");
    expect(() => decode(pack([[], rows(0), [["tick"]]]))).toThrow(MalformedRecords);
  });

  it("refuses ids that no participant could have", () => {
    const withNames = (example: Message, names: string[]): (() => unknown) => {
      const [, bytes, ordinary] = unpack(encode([example])) as unknown[];
      return () => decode(pack([names, bytes, ordinary]));
    };
    const place = messageExamples["place-order"];
    expect(withNames(place, ["demo", "BTC-USDT"])).not.toThrow();
    expect(withNames(place, ["demo.x", "BTC-USDT"])).toThrow("name is not an account id");
    expect(withNames(place, ["demo", "BTC USDT"])).toThrow("name is not a symbol");
    expect(withNames(place, ["demo"])).toThrow("name beyond the table");
  });

  it("refuses a name that is of one kind where another is due", () => {
    const writer = new RecordWriter();
    writeMessage(writer, messageExamples["place-order"]);
    writer.begin(2);
    writer.name("BTC-USDT");
    writer.integer(1);
    writer.text("x");
    expect(() => decode(writer.finish())).toThrow("name is not an account id");
  });

  it("refuses client order ids that no client could have chosen", () => {
    const ofRow = (kind: number, clientOrderId: string): (() => unknown) => {
      const writer = new RecordWriter();
      writer.begin(kind);
      writer.name("demo");
      if (kind === 1) {
        writer.name("BTC-USDT");
        for (let choice = 0; choice < 3; choice++) writer.u8(0);
        writer.integer(1);
      }
      writer.integer(1);
      writer.text(clientOrderId);
      return () => decode(writer.finish());
    };
    expect(ofRow(1, "fine")).not.toThrow();
    expect(ofRow(1, "")).toThrow("not a client order id");
    expect(ofRow(1, "no spaces")).toThrow("not a client order id");
    expect(ofRow(2, "")).not.toThrow();
    expect(ofRow(2, "a.b")).toThrow("not a client order id");
    expect(ofRow(2, "x".repeat(37))).toThrow("not a client order id");
  });

  it("refuses fields of another type, too few and too many", () => {
    const list = (...fields: unknown[]): (() => unknown) => {
      return () => decode(pack([[], rows(0), [fields]]));
    };
    expect(list(112, "demo")).not.toThrow();
    expect(list(112)).toThrow("field is not text");
    expect(list(112, 7)).toThrow("field is not text");
    expect(list(112, "DEMO")).toThrow("field is not an account id");
    expect(list(112, "demo", 1)).toThrow("more fields");
    expect(list(110, "BTC", "8")).toThrow("field is not an integer");
    expect(list(110, "BTC", 1.5)).toThrow("field is not an integer");
    expect(list(110, "btc", 8)).toThrow("field is not an asset id");
    expect(list(113, "demo", "BTC", 1.5, "r")).toThrow("field is not an amount");
    expect(list(113, "demo", "BTC", 7n, "r")).toThrow("field is not an amount");
    expect(list(113, "demo", "BTC", 7, "r".repeat(201))).toThrow("text is too long");
    expect(list(114, "btc", "ops", "why")).toThrow("field is not a symbol");
    expect(list(120, "", 0, 1)).toThrow("field is not a name");
    expect(list(120, "c", -1, 1)).toThrow("field is too small");
    expect(list(120, "c", 0, 0)).toThrow("field is too small");
    expect(list(132, 0, 1, 1)).toThrow("field is not a boolean");
  });

  it("takes -0 for 0, which no snapshot could tell apart", () => {
    const [message] = decode(pack([[], rows(0), [[110, "BTC", -0]]]));
    expect(message).toStrictEqual({ kind: "add-asset", asset: "BTC", decimals: 0 });
  });
});

describe("writing a message", () => {
  it("is a defect when an id is not one", () => {
    const place = messageExamples["place-order"];
    expect(() => encode([{ ...place, account: "a.b" }])).toThrow(InvariantViolation);
    expect(() => encode([{ ...place, symbol: "" }])).toThrow(InvariantViolation);
    expect(() => encode([{ ...place, price: 0.5 }])).toThrow(InvariantViolation);
  });
});
