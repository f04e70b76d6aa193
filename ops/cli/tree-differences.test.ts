import { describe, expect, it } from "vitest";
import { differencesIn } from "./tree-differences.ts";

describe("the differences of two trees", () => {
  it("are none where they are equal, bytes and large integers included", () => {
    const tree = () => ({ a: [1, { b: new Uint8Array([1, 2]) }], c: 5n, d: null, e: undefined });
    expect(differencesIn(tree(), tree())).toEqual([]);
  });

  it("are told by path, items of a list by the names they begin with", () => {
    const here = {
      accounts: [
        ["alice", 5],
        ["bob", 7],
      ],
      rows: [1, 2],
    };
    const there = {
      accounts: [
        ["bob", 8],
        ["alice", 5],
      ],
      rows: [1, 2, 3],
    };
    expect(differencesIn(here, there)).toEqual([
      { path: "accounts › bob › 1", here: "7", there: "8" },
      { path: "rows › 2", here: "nothing", there: "3" },
    ]);
  });

  it("are told by place where names are not unique", () => {
    const differences = differencesIn(
      [
        ["x", 1],
        ["x", 2],
      ],
      [
        ["x", 1],
        ["x", 3],
      ],
    );
    expect(differences).toEqual([{ path: "1 › 1", here: "2", there: "3" }]);
  });

  it("are told byte by byte, and of different kinds as they are", () => {
    const pair = (bytes: number[]) => ({ bytes: new Uint8Array(bytes) });
    expect(differencesIn(pair([1, 2]), pair([1, 3]))).toEqual([
      { path: "bytes › byte 1", here: "2", there: "3" },
    ]);
    expect(differencesIn("1", 1)).toEqual([{ path: "all of it", here: '"1"', there: "1" }]);
    expect(differencesIn({ a: 1 }, [1]).length).toBeGreaterThan(0);
  });

  it("are a few, however many there are, and short", () => {
    const many = (value: string) => Array.from({ length: 100 }, () => value.repeat(200));
    const differences = differencesIn(many("a"), many("b"));
    expect(differences.length).toBe(24);
    expect(differences[0]?.here.length).toBe(81);
  });
});
