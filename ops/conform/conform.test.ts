import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zstdCompressSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { conform, runConform } from "./conform.ts";
import { workloadBytes } from "./testing/workload-bytes.ts";

describe("conform", () => {
  const folder = mkdtempSync(join(tmpdir(), "outcry-conform-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function fileOf(name: string, bytes: Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  const twoOrders = workloadBytes("new 1 buy 5 @ 100", "new 1 buy 6 @ 100", "new 2 sell 5 @ 99");
  const twoOrdersText = "0,0,0,1,100,5\n0,2,1,2,99,5\n1,2,100,5,1,2";

  it("answers with the hash of the report text, from a plain or a compressed file", async () => {
    const plain = await conform(fileOf("two.bin", twoOrders), { runs: 1 });
    expect(plain.sha256).toBe(createHash("sha256").update(twoOrdersText).digest("hex"));
    expect(plain).toMatchObject({ messages: 3, refused: 1 });
    expect(plain.reports).toMatchObject({ orderAck: 2, trade: 1, cancelAck: 0 });

    const compressed = await conform(fileOf("two.bin.zst", zstdCompressSync(twoOrders)));
    expect(compressed.sha256).toBe(plain.sha256);
    expect(compressed.speeds).toHaveLength(5);
  });

  it("answers for a file without messages, whose text is empty", async () => {
    const empty = await conform(fileOf("empty.bin", workloadBytes()), { runs: 1 });
    expect(empty.sha256).toBe(createHash("sha256").digest("hex"));
    expect(empty.millionMessagesPerSecond).toBe(0);
  });

  it("says the hash and the speed in its last two lines", async () => {
    const said: string[] = [];
    await runConform({ file: fileOf("two.bin", twoOrders), runs: 3 }, (text) => said.push(text));
    const lines = said.join("").split("\n");
    expect(lines).toContain("refused   1 new orders whose id still rested");
    expect(lines.at(-2)).toMatch(/^sha256 [0-9a-f]{64}$/);
    expect(lines.at(-1)).toMatch(/^[0-9]+\.[0-9]{2} M msg\/s$/);
  });

  it("says all of it in JSON when asked to", async () => {
    const said: string[] = [];
    const file = fileOf("one.bin", workloadBytes("cancel 1"));
    await runConform({ file, runs: 1, json: true }, (text) => said.push(text));
    expect(JSON.parse(said.join(""))).toMatchObject({ messages: 1, refused: 0 });
  });

  function damaged(change: (bytes: Uint8Array) => void): Uint8Array {
    const bytes = Uint8Array.from(twoOrders);
    change(bytes);
    return bytes;
  }

  it.each([
    ["is empty", new Uint8Array(), "file-truncated", "has 0 bytes"],
    ["ends in the header", twoOrders.subarray(0, 15), "file-truncated", "has 15 bytes"],
    ["ends in a message", twoOrders.subarray(0, 60), "file-truncated", "after 1 of the 3 messages"],
    [
      "goes on too long",
      Buffer.concat([twoOrders, twoOrders]),
      "file-malformed",
      "136 bytes follow",
    ],
    ["begins otherwise", damaged((bytes) => (bytes[0] = 9)), "file-malformed", "no workload"],
    ["is newer", damaged((bytes) => (bytes[8] = 2)), "file-malformed", "of version 2"],
    [
      "has a strange type",
      damaged((bytes) => (bytes[56] = 3)),
      "file-malformed",
      "message 1 (from 0)",
    ],
    ["has a strange side", damaged((bytes) => (bytes[17] = 2)), "file-malformed", "side is 2"],
  ])("refuses a file that %s", async (_, bytes, code, message) => {
    const refusal = conform(fileOf("bad.bin", bytes));
    await expect(refusal).rejects.toMatchObject({ name: "ConformFault", code });
    await expect(refusal).rejects.toThrow(`bad.bin: `);
    await expect(refusal).rejects.toThrow(message);
  });

  it("refuses a file that is not there, or not compressed as its name says", async () => {
    const code = "file-unreadable";
    await expect(conform(join(folder, "none.bin"))).rejects.toMatchObject({ code });
    const cut = zstdCompressSync(twoOrders).subarray(0, 40);
    await expect(conform(fileOf("cut.bin.zst", cut))).rejects.toMatchObject({ code });
    await expect(conform(fileOf("plain.bin.zst", twoOrders))).rejects.toMatchObject({ code });
  });

  it.for([
    ["normal", "e9b2e3926854410b01a035aeb25dd05f1e597c233be8263de9eb49b6713d367e"],
    ["flash-crash", "cff8d3f94b709fc64a8b2058a6ca4fb6920364904796e46906895e362d2bb16b"],
  ])(
    "gives the published hash of the workload %s",
    // Two million messages are slow work while coverage is counted.
    async ([name, sha256], { skip }) => {
      const path = fileURLToPath(
        new URL(`../../../shared/data/flash1/${name}.bin.zst`, import.meta.url),
      );
      skip(!existsSync(path), "the published workloads are not beside this repository");
      expect(await conform(path, { runs: 1 })).toMatchObject({ sha256, messages: 1_996_097 });
    },
  );
});
