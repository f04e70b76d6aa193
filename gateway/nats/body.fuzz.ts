/**
 * Goal: no bytes from a stranger throw, whatever endpoint they reach; each gets a reply with a
 * number, or was a request after all.
 *
 * Method: random bytes, random msgpack and JSON, and right requests with a few bytes changed go
 * through decoding, the gateway and encoding, against a cluster that accepts everything.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeOrderBatch, OrderBatchWriter } from "../../protocols/api/order-batch.ts";
import { isPlainMsgpack } from "../../protocols/api/plain-msgpack.ts";
import { requestNames, requests } from "../../protocols/api/requests.ts";
import type { RequestName } from "../../protocols/api/requests.ts";
import {
  FrameBuilder,
  pack,
  plainInstructions,
  RejectReason,
  unpack,
  unrevised,
} from "../../protocols/index.ts";
import { Gateway } from "../gateway.ts";
import { ScriptedCluster } from "../testing/scripted-cluster.ts";
import { decodeBody, encodeReply } from "./body.ts";

const cluster = new ScriptedCluster();
const gateway = new Gateway(cluster);
const asker = { account: "demo", administrator: "ops" };
const numbers = new Set<number>(Object.values(RejectReason));

/** As the NATS gateway does with a message; gives the reply's error number, 0 for none. */
async function answered(name: RequestName, bytes: Uint8Array): Promise<number> {
  cluster.submitted.length = 0;
  const decoded = decodeBody(bytes);
  let reply;
  if (decoded.kind === "records" && name === "order.batch") {
    reply = await gateway.answerRecords({ account: "demo", administrator: "" }, bytes);
  } else if (decoded.kind === "body") {
    reply = await gateway.answer(name, asker, decoded.body);
  } else {
    reply = gateway.refuse(RejectReason["request-malformed"]);
  }
  // What was taken must be fit for the log.
  const frame = new FrameBuilder();
  for (const command of cluster.submitted) frame.add(command);
  frame.finish({ producer: "gw-1", epoch: 1, frame: 1, expiresAtUs: 0 });
  if (reply instanceof Uint8Array) return 0;
  encodeReply(decoded.format, reply);
  return reply.ok ? 0 : reply.error.number;
}

async function isAnswered(name: RequestName, bytes: Uint8Array): Promise<void> {
  expect(numbers).toContain(await answered(name, bytes));
}

const anyName = fc.constantFrom(...requestNames);

/** A right request of that name, as JSON, msgpack or records. */
const rightRequest = fc
  .tuple(anyName, fc.constantFrom("json", "msgpack", "records"))
  .map(([name, form]): [RequestName, Uint8Array] => {
    const { request } = requests[name].example;
    if (form === "json") return [name, new TextEncoder().encode(JSON.stringify(request))];
    if (form === "msgpack") return [name, pack(request)];
    const writer = new OrderBatchWriter();
    const cancel = {
      kind: "cancel-order",
      account: "demo",
      orderId: 0,
      clientOrderId: "a",
    } as const;
    const { kind: _, ...names } = cancel;
    const terms = { side: 0, orderType: 0, timeInForce: 0, price: 1, quantity: 1 } as const;
    const place = { ...names, ...terms, kind: "place-order", symbol: "BTC-USDT" } as const;
    const change = { price: 1, quantity: 1, revision: 1 };
    writer.add({ ...place, instructions: plainInstructions });
    writer.add({ ...place, instructions: { ...plainInstructions, displayQuantity: 1 } });
    writer.add(cancel);
    writer.add({ ...cancel, ...change, kind: "replace-order", revised: unrevised });
    return ["order.batch", writer.finish()];
  });

const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));

describe("bytes from strangers", () => {
  it("at random are answered with a number", async () => {
    await fc.assert(fc.asyncProperty(anyName, fc.uint8Array({ maxLength: 200 }), isAnswered), {
      numRuns: 3000,
    });
  });

  it("that begin like a batch in records are answered with a number", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        isAnswered("order.batch", new Uint8Array([0x93, ...bytes])),
      ),
      { numRuns: 3000 },
    );
  });

  it("that are some JSON are answered with a number", async () => {
    const encoder = new TextEncoder();
    await fc.assert(
      fc.asyncProperty(anyName, fc.json(), (name, json) => isAnswered(name, encoder.encode(json))),
      { numRuns: 1000 },
    );
  });

  it("that are some msgpack are answered with a number", async () => {
    await fc.assert(
      fc.asyncProperty(anyName, fc.jsonValue(), (name, value) => isAnswered(name, pack(value))),
      { numRuns: 1000 },
    );
  });

  it("that were right before some of them changed are answered with a number", async () => {
    await fc.assert(
      fc.asyncProperty(
        rightRequest,
        fc.array(change, { maxLength: 4 }),
        ([name, right], changes) => {
          const bytes = right.slice();
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          return isAnswered(name, bytes);
        },
      ),
      { numRuns: 4000 },
    );
  });
});

describe("a batch of records for another account", () => {
  it("is never taken, however its bytes are changed", () => {
    fc.assert(
      fc.property(rightRequest, fc.array(change, { maxLength: 4 }), ([, right], changes) => {
        const bytes = right.slice();
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const decoded = decodeOrderBatch(bytes, "demo");
        if (decoded.kind === "fault") return;
        for (const command of decoded.commands) expect(command.account).toBe("demo");
      }),
      { numRuns: 3000 },
    );
  });
});

describe("plain msgpack", () => {
  it("is whatever the packer makes of plain data", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => isPlainMsgpack(pack(value))));
  });

  it("decodes without a fault, as what it looks like", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        if (isPlainMsgpack(bytes)) unpack(bytes);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ["an extension", [0xd4, 0x01, 0x00]],
    ["a record definition", [0xd4, 0x72, 0x40]],
    ["a long extension", [0xc7, 0x01, 0x78, 0x00]],
    ["the unused token", [0xc1]],
    ["nothing", []],
    ["text cut short", [0xa3, 0x61]],
    ["a length cut short", [0xda, 0x00]],
    ["a list that claims four billion", [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ["a map that claims four billion", [0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61]],
    ["binary that claims four billion", [0xc6, 0xff, 0xff, 0xff, 0xff]],
    ["a map with a number as key", [0x81, 0x01, 0x02]],
    ["two values", [0x01, 0x02]],
    ["deep nesting", Array.from({ length: 50_000 }, () => 0x91)],
  ])("is not %s", (_, bytes) => {
    expect(isPlainMsgpack(new Uint8Array(bytes))).toBe(false);
  });
});
