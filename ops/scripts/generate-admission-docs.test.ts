/** Goal: the table of order admission is what the code decides, about every type of order. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { OrderType, TimeInForce } from "../../protocols/index.ts";
import {
  admissionDocsFile,
  generateAdmissionDocs,
  orderKinds,
  outcomeOf,
} from "./generate-admission-docs.ts";

describe("the documentation of order admission", () => {
  it("is not stale: run ops/scripts/generate-admission-docs.ts", async () => {
    expect(await readFile(admissionDocsFile, "utf8")).toBe(await generateAdmissionDocs());
  });

  it("has every type of order", () => {
    const types = new Set(orderKinds.map(({ orderType }) => orderType));
    expect(types).toEqual(new Set(Object.values(OrderType)));
  });

  it.each(orderKinds)("shows a $name order that an account takes", (kind) => {
    const market = { phase: "continuous", hasAuctions: true } as const;
    const times = Object.values(TimeInForce);
    expect(times.some((time) => outcomeOf(kind, time, market) !== "inconsistent")).toBe(true);
  });
});
