/**
 * Golden bytes: `codec.golden/messages.txt` holds every kind of message as one batch. They are in
 * logs, so a kind whose bytes change takes a new number and leaves these as they are.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeAnswer } from "./answer-rows.ts";
import type { BookAnswer } from "./answer-rows.ts";
import { InvariantViolation } from "./assert.ts";
import { approvalsMax, tokenLengthMax } from "./approvals.ts";
import { readMessage, writeMessage } from "./message-codec.ts";
import type { CancelAndPlace, Message, PlaceOrder, ReplaceOrder, SubmitOrder } from "./messages.ts";
import { plainInstructions, unrevised } from "./order-instructions.ts";
import { MalformedRecords, pack, RecordReader, RecordWriter, unpack } from "./records.ts";
import { expectGolden, hexDocument, readHexDocument } from "./testing/golden-file.ts";
import {
  anyMessage,
  approvalExample,
  fullerExamples,
  messageExamples,
  messageKinds,
  messagesOf,
} from "./testing/messages.ts";

const golden = new URL("codec.golden/messages.txt", import.meta.url);
/** Every kind, and then the other rows of some, by name. */
const examples: Readonly<Record<string, Message>> = {
  ...Object.fromEntries(messageKinds.map((kind) => [kind, messageExamples[kind]])),
  ...fullerExamples,
};

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
    const pieces = Object.entries(examples).map(([name, example]) => [name, encode([example])]);
    expectGolden(golden, hexDocument(Object.fromEntries(pieces) as Record<string, Uint8Array>));
  });

  it("are read as they have been since they were frozen", () => {
    const pieces = readHexDocument(golden);
    expect([...pieces.keys()]).toEqual(Object.keys(examples));
    for (const [name, example] of Object.entries(examples)) {
      expect(decode(pieces.get(name)!)).toEqual([example]);
    }
  });

  it("hold no two kinds under one number", () => {
    // Of that kind they are ordinary lists, and have one number.
    const differing = Object.entries(examples).filter(
      ([name]) =>
        !name.startsWith("form-shard, ") &&
        !/, (attributed|approved|uncovered|only reducing|by itself|with deliveries)$/.test(name),
    );
    const firsts = differing.map(([, example]) => {
      const [, rows, ordinary] = unpack(encode([example])) as [unknown, Uint8Array, unknown[][]];
      return rows[0] === 0 ? ordinary[0]?.[0] : rows[0];
    });
    expect(new Set(firsts).size).toBe(differing.length);
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
    expect(() => decode(pack([[], rows(29), []]))).toThrow("no message kind 29");
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

  it("refuses approvals that are none, and that nobody gives", () => {
    const { approver, untilUs, token, signature } = approvalExample;
    const whole = [approver, untilUs, token, signature];
    const credit = [113, "demo", "BTC", 7, "r"];
    const approved = (...approvals: unknown[]): (() => unknown) => {
      return () => decode(pack([[], rows(0), [[...credit, "ops", "why", approvals]]]));
    };
    expect(approved(whole)).not.toThrow();
    expect(approved()).toThrow("list is too short");
    expect(approved(...Array<unknown>(approvalsMax + 1).fill(whole))).toThrow("list is too long");
    expect(approved(["a b", untilUs, token, signature])).toThrow("field is not a name");
    expect(approved([approver, -1, token, signature])).toThrow("field is too small");
    for (const none of ["", "a.b", "a.b.c!", "a.b.c.d"]) {
      expect(approved([approver, untilUs, none, signature])).toThrow("field is no token");
    }
    const long = `a.b.${"c".repeat(tokenLengthMax)}`;
    expect(approved([approver, untilUs, long, signature])).toThrow("text is too long");
    for (const length of [63, 65]) {
      const other = new Uint8Array(length);
      expect(approved([approver, untilUs, token, other])).toThrow("field is no signature");
    }
    expect(approved([...whole, 1])).toThrow("more fields");
    const orders = () => decode(pack([[], rows(0), [[123, "label", [whole]]]]));
    expect(orders).toThrow("more fields");
  });

  it("refuses fields of another type, too few and too many", () => {
    const list = (...fields: unknown[]): (() => unknown) => {
      return () => decode(pack([[], rows(0), [fields]]));
    };
    expect(list(112, "demo", "")).not.toThrow();
    expect(list(112)).toThrow("field is not text");
    expect(list(112, 7)).toThrow("field is not text");
    expect(list(112, "DEMO", "")).toThrow("field is not an account id");
    expect(list(112, "demo", "a.b")).toThrow("field is not a participant id");
    expect(list(112, "demo", "", "ops", "why")).not.toThrow();
    expect(list(112, "demo", "", "ops")).toThrow("field is not text");
    expect(list(112, "demo", "", "ops", "why", 1)).toThrow("field is not a list");
    expect(list(110, "BTC", "8")).toThrow("field is not an integer");
    expect(list(129, "tick", 1, "ops", "why")).toThrow("none of the words it may be");
    expect(list(110, "BTC", 1.5)).toThrow("field is not an integer");
    expect(list(110, "btc", 8)).toThrow("field is not an asset id");
    expect(list(113, "demo", "BTC", 1.5, "r")).toThrow("field is not an amount");
    expect(list(113, "demo", "BTC", 7n, "r")).toThrow("field is not an amount");
    expect(list(113, "demo", "BTC", 7, "r".repeat(401))).toThrow("text is too long");
    expect(list(114, "btc", "ops", "why")).toThrow("field is not a symbol");
    expect(list(120, "", 0, 1)).toThrow("field is not a name");
    expect(list(120, "c", -1, 1)).toThrow("field is too small");
    expect(list(120, "c", 0, 0)).toThrow("field is too small");
    expect(list(132, 0, 1, 1)).toThrow("field is not a boolean");
  });

  it("refuses orders and quotes inside a command that are none, too few or too many", () => {
    const list = (...fields: unknown[]): (() => unknown) => {
      return () => decode(pack([[], rows(0), [fields]]));
    };
    const order = ["demo", "a", "BTC-USDT", 0, 0, 0, 1, 1, []];
    const orders = (...inside: unknown[]) => list(101, "demo", 0, inside);
    expect(orders(order, order, order)).not.toThrow();
    expect(orders()).toThrow("list is too short");
    expect(orders(order, order, order, order)).toThrow("list is too long");
    expect(orders("order")).toThrow("field is not a list");
    expect(list(101, "demo", 0, 7)).toThrow("field is not a list");
    expect(list(101, "demo", 3, [order])).toThrow("beyond the closed list");
    expect(list(101, "demo", -1, [order])).toThrow("field is too small");
    expect(orders(["other", ...order.slice(1)])).toThrow("an order of another account");
    expect(orders([...order, 1])).toThrow("more fields");
    expect(orders([...order.slice(0, -1), [0]])).toThrow("field is not an integer");
    const asked = [0, 0, 0, 0, 0, 0, 0, false, 0, 0, 0, 0, 0, 0];
    expect(orders([...order.slice(0, -1), asked])).not.toThrow();
    expect(orders([...order.slice(0, -1), [...asked, true]])).not.toThrow();
    expect(orders([...order.slice(0, -1), [...asked, 0]])).toThrow("field is not a boolean");
    expect(orders([...order.slice(0, -1), [...asked, false, true]])).not.toThrow();
    expect(orders([...order.slice(0, -1), [...asked, true, 0]])).toThrow("field is not a boolean");
    expect(orders([...order.slice(0, -1), [...asked, true, true, 0]])).toThrow("more fields");
    expect(list(102, "demo", 1, "", 0, order)).not.toThrow();
    expect(list(102, "other", 1, "", 0, order)).toThrow("an order of another account");
    const quote = ["BTC-USDT", 1, 1, 2, 2];
    const quotes = (count: number) => Array.from({ length: count }, () => quote);
    expect(list(103, "demo", "q", quotes(50))).not.toThrow();
    expect(list(103, "demo", "q", quotes(51))).toThrow("list is too long");
    expect(list(103, "demo", "q", [])).toThrow("list is too short");
    expect(list(103, "demo", "q", [[...quote, 1]])).toThrow("more fields");
    expect(list(103, "demo", "q".repeat(33), quotes(1))).toThrow("field is not a quote id");
  });

  it("refuses an instruction beyond its closed list", () => {
    const [names, bytes, ordinary] = unpack(
      encode([fullerExamples["place-order, instructed"]!]),
    ) as [unknown, Uint8Array, unknown];
    bytes[bytes.length - 1] = 6;
    expect(() => decode(pack([names, bytes, ordinary]))).toThrow("beyond the closed list");
  });

  it("takes -0 for 0, which no snapshot could tell apart", () => {
    const [message] = decode(pack([[], rows(0), [[110, "BTC", -0]]]));
    expect(message).toStrictEqual({ kind: "add-asset", asset: "BTC", decimals: 0 });
  });
});

describe("instructions", () => {
  const { "place-order": place, "submit-order": submit } = messageExamples;
  const { "replace-order": replace, "submit-replace": submitReplace } = messageExamples;

  it("that ask for nothing are read as the shared ones, and take no bytes", () => {
    const copied = { ...plainInstructions };
    for (const order of [place, submit]) {
      const bytes = encode([{ ...order, instructions: copied }]);
      expect(bytes).toEqual(encode([order]));
      expect((decode(bytes)[0] as PlaceOrder).instructions).toBe(plainInstructions);
    }
    for (const order of [replace, submitReplace]) {
      const bytes = encode([{ ...order, revised: { ...unrevised } }]);
      expect(bytes).toEqual(encode([order]));
      expect((decode(bytes)[0] as ReplaceOrder).revised).toBe(unrevised);
    }
  });

  it("that ask for nothing are the shared ones although they stand in the row", () => {
    const instructed = fullerExamples["place-order, instructed"]!;
    const [names, bytes, ordinary] = unpack(encode([instructed])) as [unknown, Uint8Array, []];
    const [, plainBytes] = unpack(encode([place])) as [unknown, Uint8Array];
    bytes.fill(0, plainBytes.length);
    const [order] = decode(pack([names, bytes, ordinary]));
    expect((order as PlaceOrder).instructions).toBe(plainInstructions);
  });

  it("that ask for nothing are the shared ones beside another order that is named", () => {
    const bytes = encode([{ ...submit, linkedOrderId: 4 }]);
    const [order] = decode(bytes) as SubmitOrder[];
    expect(order).toStrictEqual({ ...submit, linkedOrderId: 4 });
    expect(order!.instructions).toBe(plainInstructions);
  });

  it("inside a command are the shared ones where they ask for nothing", () => {
    const copied = { ...place, instructions: { ...plainInstructions } };
    const [message] = decode(encode([{ ...messageExamples["cancel-and-place"], order: copied }]));
    expect((message as CancelAndPlace).order.instructions).toBe(plainInstructions);
  });
});

describe("writing a message", () => {
  it("is a defect when an id is not one", () => {
    const place = messageExamples["place-order"];
    expect(() => encode([{ ...place, account: "a.b" }])).toThrow(InvariantViolation);
    expect(() => encode([{ ...place, symbol: "" }])).toThrow(InvariantViolation);
    expect(() => encode([{ ...place, price: 0.5 }])).toThrow(InvariantViolation);
  });

  it("is a defect when a command holds what it must not", () => {
    const list = messageExamples["place-order-list"];
    const order = { ...messageExamples["place-order"], account: "other" };
    const quotes = messageExamples["mass-quote"];
    const quote = quotes.quotes[0]!;
    for (const message of [
      { ...list, orders: [] },
      { ...list, orders: [...list.orders, list.orders[0]!] },
      { ...list, orders: [order] },
      { ...messageExamples["cancel-and-place"], order },
      { ...quotes, quotes: [] },
      { ...quotes, quotes: Array.from({ length: 51 }, () => quote) },
    ]) {
      expect(() => encode([message])).toThrow(InvariantViolation);
    }
  });

  it("is a defect when its kind does not exist", () => {
    const message = { kind: "fly" } as unknown as BookAnswer;
    expect(() => writeAnswer(new RecordWriter(), message)).toThrow(InvariantViolation);
  });
});
