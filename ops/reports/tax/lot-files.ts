/**
 * What people say of lots, in CSV files: what those cost that did not come by a trade, and which
 * lots a disposal is to close.
 */
import type { TimeUs } from "../../../protocols/index.ts";
import { readCsv } from "../csv-file.ts";
import { momentIn } from "../moment-text.ts";
import { ReportFault } from "../report-fault.ts";

/** Columns `lot`, `acquired`, `cost` and `currency`. */
export interface LotBasis {
  readonly where: string;
  /** The lot's name, or the reference of the deposit. */
  readonly lot: string;
  /** undefined for when it arrived. */
  readonly acquiredUs: TimeUs | undefined;
  /** A decimal number of the currency, for all of the lot. */
  readonly cost: string;
  readonly currency: string;
}

/** Columns `disposal`, `lot` and `quantity`. */
export interface LotChoice {
  readonly where: string;
  /** Such as `trade/81`. */
  readonly disposal: string;
  readonly lot: string;
  /** A decimal number of the asset. */
  readonly quantity: string;
}

export async function readBases(path: string): Promise<readonly LotBasis[]> {
  const records = await readCsv(path, ["lot", "acquired", "cost", "currency"]);
  const seen = new Set<string>();
  return records.map(({ where, cells }) => {
    const { lot = "", acquired = "", cost = "", currency = "" } = cells;
    if (seen.has(lot)) throw new ReportFault("line-twice", `${where}: ${lot} is there twice`);
    seen.add(lot);
    const acquiredUs = acquired === "" ? undefined : momentIn(acquired, where);
    return { where, lot, acquiredUs, cost, currency };
  });
}

export async function readChoices(path: string): Promise<readonly LotChoice[]> {
  const records = await readCsv(path, ["disposal", "lot", "quantity"]);
  const seen = new Set<string>();
  return records.map(({ where, cells }) => {
    const { disposal = "", lot = "", quantity = "" } = cells;
    const key = `${disposal} ${lot}`;
    if (seen.has(key)) throw new ReportFault("line-twice", `${where}: ${key} is there twice`);
    seen.add(key);
    return { where, disposal, lot, quantity };
  });
}
