import { describe, expect, it } from "vitest";
import { csvRecords } from "./csv-file.ts";
import { csvLine } from "./table-format.ts";

const from = (text: string, ...columns: string[]) => csvRecords(text, { path: "a.csv", columns });

describe("a CSV file", () => {
  it("is read as spreadsheets write it", () => {
    const text = '\ufeffLot,Cost\r\n"a ""b"", c",1\r\n\r\n"two\nlines",2\r\nlast,';
    expect(from(text, "lot", "cost")).toEqual([
      { where: "a.csv, line 2", cells: { lot: 'a "b", c', cost: "1" } },
      { where: "a.csv, line 4", cells: { lot: "two\nlines", cost: "2" } },
      { where: "a.csv, line 6", cells: { lot: "last", cost: "" } },
    ]);
  });

  it("that was written is read as it was", () => {
    const cells = ["plain", 'a "quote"', "a, comma", "two\nlines", ""];
    const text = csvLine(["a", "b", "c", "d", "e"]) + csvLine(cells);
    expect(Object.values(from(text, "e")[0]?.cells ?? {})).toEqual(cells);
  });

  it("needs its columns, and its quotes closed", () => {
    expect(() => from("lot,cost\n", "lot", "currency")).toThrow(/no column currency/);
    expect(() => from("", "lot")).toThrow(/report error 31/);
    expect(() => from('lot\n"half', "lot")).toThrow(/line 2: a quote is not closed/);
  });
});
