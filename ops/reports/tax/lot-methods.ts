/**
 * By which method an account's lots are closed, and since when: a file with the columns `account`,
 * `since`, `method` and `decided`, or one method for all.
 *
 * A choice is for what is disposed of from the day on on which it was made: one that reaches back
 * further rewrites what was reported, and is refused unless it is asked for. The first choice of an
 * account may be for always.
 */
import type { AccountId, TimeUs } from "../../../protocols/index.ts";
import { readCsv } from "../csv-file.ts";
import type { CsvRecord } from "../csv-file.ts";
import { momentIn } from "../moment-text.ts";
import { ReportFault } from "../report-fault.ts";
import { lotMethods } from "./lot.ts";
import type { LotMethod } from "./lot.ts";

export interface MethodChoice {
  readonly sinceUs: TimeUs;
  readonly method: LotMethod;
}

const columns = ["account", "since", "method", "decided"];

export class LotMethods {
  /** By time, the first one for always. */
  readonly #choices: readonly MethodChoice[];

  constructor(choices: readonly MethodChoice[]) {
    this.#choices = choices;
  }

  static always(method: LotMethod): LotMethods {
    return new LotMethods([{ sinceUs: -Infinity, method }]);
  }

  /** Of an account; `*` in the file is anybody who is not named there. */
  static async read(path: string, account: AccountId, mayRestate: boolean): Promise<LotMethods> {
    const records = await readCsv(path, columns);
    const own = records.filter(({ cells }) => cells["account"] === account);
    const its = own.length > 0 ? own : records.filter(({ cells }) => cells["account"] === "*");
    const choices = its.map((record, at) => choiceIn(record, at === 0, mayRestate));
    for (const [at, { sinceUs }] of choices.entries()) {
      if (at === 0 || sinceUs > choices[at - 1]!.sinceUs) continue;
      const message = `${its[at]!.where}: choices of an account come in the order of their days`;
      throw new ReportFault("value-wrong", message);
    }
    return new LotMethods(choices);
  }

  /** First in, first out, where nobody has chosen. */
  at(timeUs: TimeUs): LotMethod {
    return this.#choices.findLast(({ sinceUs }) => sinceUs <= timeUs)?.method ?? "fifo";
  }
}

function choiceIn({ where, cells }: CsvRecord, isFirst: boolean, mayRestate: boolean) {
  const method = lotMethods.find((known) => known === cells["method"]);
  if (method === undefined) {
    throw new ReportFault("value-wrong", `${where}: a method is one of ${lotMethods.join(", ")}`);
  }
  const decidedUs = momentIn(cells["decided"] ?? "", where);
  const isForAlways = cells["since"] === "";
  const sinceUs = isForAlways ? -Infinity : momentIn(cells["since"] ?? "", where);
  if (!isFirst && sinceUs < decidedUs && !mayRestate) {
    const message = `${where}: ${method} would change disposals from before the day on which it was chosen; --restate does that`;
    throw new ReportFault("method-of-the-past", message);
  }
  return { sinceUs, method };
}
