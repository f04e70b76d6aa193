import { describe, expect, it } from "vitest";
import { isClientOrderId } from "../../protocols/index.ts";
import { clientOrderIds } from "./client-order-ids.ts";

describe("the names a client gives to orders", () => {
  it("are one beginning and a count in base 36, without a gap", () => {
    const next = clientOrderIds();
    const [session] = next().split("-");
    for (let count = 2; count < 100_000; count++) {
      const name = next();
      if (name !== `${session!}-${count.toString(36)}`) expect.fail(`${name} at ${String(count)}`);
    }
  });

  it("are client order ids, and no other client's", () => {
    const names = Array.from({ length: 1000 }, () => clientOrderIds()());
    expect(names.filter((name) => !isClientOrderId(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});
