import { describe, expect, it } from "vitest";
import { InvariantViolation } from "./assert.ts";
import { clientSubjects, clusterSubjects } from "./subjects.ts";

describe("subjects", () => {
  it("are these, inside the cluster", () => {
    expect(clusterSubjects.feed(2)).toBe("feed.2");
    expect(clusterSubjects.reply(2, "gw-1")).toBe("reply.gw-1.2");
    expect(clusterSubjects.repliesTo("gw-1")).toBe("reply.gw-1.*");
    expect(clusterSubjects.query(2)).toBe("query.2");
    expect(clusterSubjects.nodes).toBe("nodes");
    expect(clusterSubjects.nodeStatus("gw-1")).toBe("reply.gw-1.status");
    expect(clusterSubjects.control("e1")).toBe("control.e1");
  });

  it("are these, for participants", () => {
    expect(clientSubjects.account("demo", "order.place")).toBe("outcry.v1.acct.demo.order.place");
    expect(clientSubjects.market("depth")).toBe("outcry.v1.market.depth");
    expect(clientSubjects.admin("ops", "account.open")).toBe("outcry.v1.admin.ops.account.open");
    expect(clientSubjects.reports("demo")).toBe("outcry.v1.acct.demo.reports");
    expect(clientSubjects.depth("BTC-USDT")).toBe("outcry.v1.md.BTC-USDT.depth");
    expect(clientSubjects.orders("BTC-USDT")).toBe("outcry.v1.md.BTC-USDT.orders");
    expect(clientSubjects.trades("BTC-USDT")).toBe("outcry.v1.md.BTC-USDT.trades");
    expect(clientSubjects.bbo("BTC-USDT")).toBe("outcry.v1.md.BTC-USDT.bbo");
    expect(clientSubjects.candles("BTC-USDT", "1m")).toBe("outcry.v1.md.BTC-USDT.candles.1m");
    expect(clientSubjects.statistics("BTC-USDT")).toBe("outcry.v1.md.BTC-USDT.statistics");
    expect(clientSubjects.checksums("BTC-USDT")).toBe("outcry.v1.md.BTC-USDT.checksums");
    expect(clientSubjects.phases("BTC-USDT")).toBe("outcry.v1.md.BTC-USDT.phases");
    expect(clientSubjects.auctions("BTC-USDT")).toBe("outcry.v1.md.BTC-USDT.auctions");
    expect(clientSubjects.bands("BTC-USDT")).toBe("outcry.v1.md.BTC-USDT.bands");
    expect(clientSubjects.interventions).toBe("outcry.v1.md.interventions");
    expect(clientSubjects.inbox("demo")).toBe("_INBOX.demo");
  });

  const injections = ["*", ">", "a.b", "a b", "a\tb", "a\r\nPUB x 0\r\n", "", ".", "$SYS", "a\0"];

  it.each(injections)("take no id that could be another subject: %j", (text) => {
    const attempts = [
      () => clusterSubjects.reply(0, text),
      () => clusterSubjects.repliesTo(text),
      () => clusterSubjects.nodeStatus(text),
      () => clusterSubjects.control(text),
      () => clientSubjects.account(text, "order.place"),
      () => clientSubjects.reports(text),
      () => clientSubjects.inbox(text),
      () => clientSubjects.depth(text),
      () => clientSubjects.orders(text),
      () => clientSubjects.trades(text),
      () => clientSubjects.bbo(text),
      () => clientSubjects.candles(text, "1m"),
      () => clientSubjects.candles("BTC-USDT", text),
      () => clientSubjects.statistics(text),
      () => clientSubjects.checksums(text),
      () => clientSubjects.phases(text),
      () => clientSubjects.auctions(text),
      () => clientSubjects.bands(text),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(InvariantViolation);
  });

  it.each(["*", ">", "a b", "a..b", ".a", "a.", "", "a.>", "a\n"])(
    "take no request that is not ours: %j",
    (text) => {
      expect(() => clientSubjects.account("demo", text)).toThrow(InvariantViolation);
      expect(() => clientSubjects.market(text)).toThrow(InvariantViolation);
      expect(() => clientSubjects.admin("ops", text)).toThrow(InvariantViolation);
    },
  );

  it.each([-1, 0.5, NaN, Infinity])("take no shard that there cannot be: %j", (shard) => {
    expect(() => clusterSubjects.feed(shard)).toThrow(InvariantViolation);
    expect(() => clusterSubjects.query(shard)).toThrow(InvariantViolation);
    expect(() => clusterSubjects.reply(shard, "gw")).toThrow(InvariantViolation);
  });
});
