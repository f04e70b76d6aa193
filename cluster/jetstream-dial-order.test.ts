import { expect, it } from "vitest";
import { DialOrder, type DialTarget } from "./jetstream-dial-order.ts";

/** The servers dialed one after the other, none of which accepts us. */
function dialed(order: DialOrder, listens: readonly string[], count: number): string[] {
  let pool: DialTarget[] = listens.map((listen) => ({ listen, lastConnect: 0 }));
  return Array.from({ length: count }, (_, index) => {
    const { listen } = order.next(pool);
    pool = pool.map((target) =>
      target.listen === listen ? { listen, lastConnect: index + 1 } : target,
    );
    return listen;
  });
}

it("the lost server is dialed after all others, in every round", () => {
  const order = new DialOrder();
  order.connected("n2");
  expect(dialed(order, ["n2", "n1", "n3"], 6)).toEqual(["n1", "n3", "n2", "n1", "n3", "n2"]);
});

it("before there was a connection the servers are dialed in turn", () => {
  expect(dialed(new DialOrder(), ["n1", "n2", "n3"], 4)).toEqual(["n1", "n2", "n3", "n1"]);
});

it("a server that is alone is dialed although it was lost", () => {
  const order = new DialOrder();
  order.connected("n1");
  expect(dialed(order, ["n1"], 2)).toEqual(["n1", "n1"]);
});

it("a new connection starts a new round", () => {
  const order = new DialOrder();
  order.connected("n1");
  expect(dialed(order, ["n1", "n2", "n3"], 1)).toEqual(["n2"]);
  order.connected("n2");
  expect(dialed(order, ["n1", "n2", "n3"], 3)).toEqual(["n1", "n3", "n2"]);
});
