/** Goal: the page about the order record is what records are. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { generateRecordDocs, recordDocsFile } from "./generate-record-docs.ts";

it("is not stale: run ops/scripts/generate-record-docs.ts", async () => {
  expect(await readFile(recordDocsFile, "utf8")).toBe(await generateRecordDocs());
});
