import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  rootSpanIdOf,
  ScatteredOrderId,
  spanIdOf,
  traceIdOfCommand,
  traceIdOfOrder,
  tracePrefixOf,
} from "./trace-ids.ts";

const orderIds = fc.nat({ max: Number.MAX_SAFE_INTEGER });

describe("ids of traces", () => {
  it("are what they have been since somebody wrote them down", () => {
    const traceId = traceIdOfOrder("outcry", 17_592_186_044_481);
    expect(traceId).toBe("fc66ceae920dfdfc37e68be27b992d86");
    expect(rootSpanIdOf(traceId)).toBe("a308cb2fc1232a66");
    expect(spanIdOf(traceId, "act", "0/1/2")).toBe("72bcf3c4b1ec11a1");
    const ofCommand = traceIdOfCommand("outcry", "0/gw-1/1/2/3");
    expect(ofCommand).toBe("fc66ceae920dfdfc89ddcb49f305e563");
  });

  it("are 16 and 8 bytes in hex", () => {
    fc.assert(
      fc.property(fc.string(), orderIds, (cluster, orderId) => {
        const traceId = traceIdOfOrder(cluster, orderId);
        expect(traceId).toMatch(/^[0-9a-f]{32}$/);
        expect(traceId.startsWith(tracePrefixOf(cluster))).toBe(true);
        expect(spanIdOf(traceId, "act", 1)).toMatch(/^[0-9a-f]{16}$/);
      }),
    );
  });

  it("are another one for each order of a cluster, and for each cluster", () => {
    const ids = new Set(Array.from({ length: 50_000 }, (_, n) => traceIdOfOrder("outcry", n)));
    for (let n = 0; n < 50_000; n++) ids.add(traceIdOfOrder("outcry", 2 ** 44 + n));
    for (let n = 0; n < 50_000; n++) ids.add(traceIdOfOrder("other", n));
    expect(ids.size).toBe(150_000);
  });

  it("are scattered: of any bit, half of them have it", () => {
    const scattered = new ScatteredOrderId();
    const counts = new Array<number>(64).fill(0);
    const orders = 20_000;
    for (let n = 1; n <= orders; n++) {
      const { high, low } = scattered.set(2 ** 44 + n);
      for (let bit = 0; bit < 32; bit++) {
        counts[bit]! += (low >>> bit) & 1;
        counts[32 + bit]! += (high >>> bit) & 1;
      }
    }
    for (const count of counts) expect(Math.abs(count / orders - 0.5)).toBeLessThan(0.02);
  });
});
