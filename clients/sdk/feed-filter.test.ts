import { describe, expect, it } from "vitest";
import { FeedFilter } from "./feed-filter.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a feed filter", () => {
  it("hands on each message once, whoever sends it and however late", () => {
    const filter = new FeedFilter();
    const sent = [1, 2, 1, 3, 2, 1, 3].map((sequence) =>
      filter.isNew({ shard: 0, sequence }, bytes(`trade ${String(sequence)}`)),
    );
    expect(sent).toEqual([true, true, false, true, false, false, false]);
  });

  it("tells the messages of one step, and the same step of two shards, apart", () => {
    const filter = new FeedFilter();
    expect(filter.isNew({ shard: 0, sequence: 1 }, bytes("a"))).toBe(true);
    expect(filter.isNew({ shard: 0, sequence: 1 }, bytes("b"))).toBe(true);
    expect(filter.isNew({ shard: 1, sequence: 1 }, bytes("a"))).toBe(true);
    expect(filter.isNew({ shard: 0, sequence: 1 }, bytes("b"))).toBe(false);
  });
});
