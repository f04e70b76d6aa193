/**
 * Goal: whatever somebody knows of an order finds its trace, which is the same however it is found,
 * and no log is read more often than that takes.
 */
import { expect, it } from "vitest";
import { logsOfGoldenDay } from "../../cluster/testing/golden-day.ts";
import type { ExecutionReport } from "../../protocols/index.ts";
import type { Deed, OrderKey } from "./act.ts";
import { notingGateways } from "./testing/noting-gateways.ts";
import { recordsIn, tracesOf } from "./testing/venue-traces.ts";
import { TraceSearch } from "./trace-search.ts";
import type { FoundTraces } from "./trace-search.ts";
import type { IdKind, TraceQuery } from "./trace-query.ts";

const logs = logsOfGoldenDay({
  ...{ seed: 31, shards: 3, moves: 1000, logic: 2, logicAtEnd: 2 },
  notesOn: notingGateways(31),
});
const entries = logs.reduce((sum, log) => sum + log.length, 0);
const records = recordsIn(logs);
const traces = tracesOf(records);
const acts = records.flat().flatMap((step) => step.acts);
const reports = acts.flatMap(({ deed }): ExecutionReport[] =>
  deed.kind === "event" && deed.event.kind === "execution-report" ? [deed.event] : [],
);
/** One whose life goes on in another shard. */
const travelled = [...traces.values()].find(
  ({ order, spans }) => typeof order === "number" && spans.some(({ name }) => name === "hop"),
)!.order;
const { clientOrderId } = reports.find(({ orderId }) => orderId === travelled)!;

interface Found extends FoundTraces {
  /** How often each log was read from one end to the other. */
  readonly passes: number;
}

async function find(query: TraceQuery, hint?: readonly OrderKey[]): Promise<Found> {
  let read = 0;
  let told: readonly number[] = [];
  const search = new TraceSearch({
    logs: logs.map((log) => ({
      head: () => Promise.resolve(log.length),
      read: (from) => {
        const piece = log.slice(from - 1, from + 99);
        read += piece.length;
        return Promise.resolve(piece);
      },
    })),
    onProgress: (...at) => (told = at),
  });
  const found = await search.find(query, hint);
  expect(told).toEqual([entries, entries]);
  return { ...found, passes: read / entries };
}

/** The name of the order that a command would cancel or replace. */
function nameOfChange(deed: Deed): string {
  if (deed.kind !== "command") return "";
  const { message } = deed;
  const isChange = message.kind === "cancel-order" || message.kind === "replace-order";
  return isChange ? message.clientOrderId : "";
}

/** What was found, without the shard that it was found in. */
const essence = ({ kind, traces: found, passes }: Found): object => ({ kind, found, passes });
const expected = (
  kind: IdKind | undefined,
  orders: readonly OrderKey[],
  passes: number,
): object => {
  return { kind, found: orders.map((order) => traces.get(order)), passes };
};

it("an order id finds its trace, and each log is read once", async () => {
  const found = await find({ id: String(travelled) });
  expect(essence(found)).toEqual(expected("order", [travelled], 1));
});

it("a client order id takes a second look, unless a hint is right", async () => {
  expect(typeof clientOrderId).toBe("string");
  const query = { id: String(clientOrderId) };
  const right = [...traces.keys()].slice(0, 20).concat(travelled);
  const wrong = right.filter((order) => order !== travelled);
  expect(essence(await find(query))).toEqual(expected("client", [travelled], 2));
  expect(essence(await find(query, right))).toEqual(expected("client", [travelled], 1));
  expect(essence(await find(query, wrong))).toEqual(expected("client", [travelled], 2));
});

it("a name finds what was refused as there is no order of that name", async () => {
  const refused = acts.find(({ deed, orders }) => {
    const name = nameOfChange(deed);
    const isRefused = [...orders].some((order) => typeof order === "string");
    return name !== "" && isRefused && !reports.some((report) => report.clientOrderId === name);
  });
  const [order] = refused!.orders;
  const { kind, traces: found } = await find({ id: nameOfChange(refused!.deed) });
  expect(kind).toBe("client");
  expect(found).toContainEqual(traces.get(order!));
});

it("a trade id finds both orders, also with a hint of one of them", async () => {
  const { tradeId } = reports.find((report) => report.tradeId !== 0)!;
  const parties = reports.filter((report) => report.tradeId === tradeId);
  const orders = [...new Set(parties.map(({ orderId }) => orderId))];
  expect(orders).toHaveLength(2);
  // There is an order of that number, too.
  const query = { id: String(tradeId), kind: "trade" } as const;
  expect(essence(await find(query, orders.slice(0, 1)))).toEqual(expected("trade", orders, 2));
  expect(essence(await find(query, orders))).toEqual(expected("trade", orders, 1));
});

it("the name of an order that was refused finds the command that came to nothing", async () => {
  const refused = acts.find(
    ({ deed, orders }) =>
      deed.kind === "command" &&
      deed.message.kind === "place-order" &&
      [...orders].some((order) => typeof order === "string"),
  )!;
  const { message } = refused.deed as { message: { clientOrderId: string; account: string } };
  const { clientOrderId: id, account } = message;
  const found = await find({ id, account });
  expect(essence(found)).toEqual(expected("client", [...refused.orders], 2));
  const others = await find({ id, account: `${account}-2` });
  expect(essence(others)).toEqual(expected(undefined, [], 1));
});
