/** Prices that positions are looked at by, from a CSV file with the columns `symbol` and `price`. */
import { readCsv } from "../reports/csv-file.ts";
import type { NamedPrices } from "../reports/marks.ts";
import { ReportFault } from "../reports/report-fault.ts";

/** undefined where no file is named. Rejects with {@link ReportFault} for what is no price. */
export async function pricesIn(path: string | undefined): Promise<NamedPrices | undefined> {
  if (path === undefined) return undefined;
  const prices = new Map<string, string>();
  for (const { where, cells } of await readCsv(path, ["symbol", "price"])) {
    const { symbol = "", price = "" } = cells;
    if (!/^[0-9]{1,20}(\.[0-9]{1,20})?$/.test(price)) {
      const message = `${where}: ${JSON.stringify(price)} is no price, such as 65000.5`;
      throw new ReportFault("value-wrong", message);
    }
    if (prices.has(symbol)) {
      throw new ReportFault("line-twice", `${where}: ${symbol} is there twice`);
    }
    prices.set(symbol, price);
  }
  return prices;
}
