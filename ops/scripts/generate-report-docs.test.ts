/** Goal: the page about the columns of reports is what reports have. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { generateReportDocs, reportDocsFile } from "./generate-report-docs.ts";

it("is not stale: run ops/scripts/generate-report-docs.ts", async () => {
  expect(await readFile(reportDocsFile, "utf8")).toBe(await generateReportDocs());
});
