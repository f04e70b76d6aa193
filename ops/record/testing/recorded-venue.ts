/** A day of random trading, its logs to be read, and its order record in a folder. */
import type { TestVenue } from "../../../actors/testing/test-venue.ts";
import { tradeOut } from "../../../actors/testing/trading-day.ts";
import { ChanceOfEntries } from "../../../cluster/testing/chance-of-entries.ts";
import type { RecordSource, WantedRecord } from "../export-record.ts";

export type VenueLogs = RecordSource["logs"];

export const wholeRecord: WantedRecord = {
  shards: [0, 1],
  formats: ["csv", "parquet"],
  rowsMax: 40,
};

/** @param pauseUs how long nothing happens after every move. */
export function tradedVenue({ seed = 7, shards = 2, moves = 300, pauseUs = 0 } = {}): TestVenue {
  return tradeOut({
    ...{ seed, shards, moves, deliveryPercent: 60, relocationPercent: 2 },
    chance: new ChanceOfEntries(),
    afterMove: (venue) => {
      venue.timeUs += pauseUs;
    },
  });
}

export function logsOf({ logs }: TestVenue): VenueLogs {
  return logs.map((log) => ({
    head: () => Promise.resolve(log.length),
    read: (from, { entriesMax }) =>
      Promise.resolve(log.slice(from - 1, from - 1 + Math.min(entriesMax, 50))),
  }));
}
