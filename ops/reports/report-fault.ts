/**
 * Why there is no report. Each reason has a name and a number that never change, so that whoever
 * has reports made by a program can act on them.
 */
export const reportFaults = {
  "place-not-together": 1,
  "place-not-reached": 2,
  "period-not-over": 3,
  "period-empty": 4,
  "log-differs": 5,
  "no-logs-there": 6,
  "account-unknown": 10,
  "instrument-unknown": 11,
  "asset-unknown": 12,
  "ledger-differs": 20,
  "statement-differs": 21,
  "fees-differ": 22,
  "lots-differ": 23,
  "file-unreadable": 30,
  "column-missing": 31,
  "value-wrong": 32,
  "line-twice": 33,
  "lot-unknown": 40,
  "lot-exceeded": 41,
  "lot-acquired-later": 42,
  "disposal-unknown": 43,
  "disposal-exceeded": 44,
  "method-of-the-past": 45,
  "acquired-after-arrival": 46,
  "arrival-unknown": 47,
  "several-currencies": 48,
  "folder-in-use": 50,
  "manifest-unreadable": 51,
} as const;

export type ReportFaultCode = keyof typeof reportFaults;

export class ReportFault extends Error {
  override readonly name = "ReportFault";
  readonly code: ReportFaultCode;
  readonly number: number;

  constructor(code: ReportFaultCode, message: string) {
    super(`${message} (report error ${reportFaults[code]}, ${code})`);
    this.code = code;
    this.number = reportFaults[code];
  }
}
