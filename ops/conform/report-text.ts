/**
 * The text of a run's reports in the published format, a piece at a time: docs/METHODOLOGY.md of
 * flash1-dev/matching-engine-benchmark, "Correctness". Lines are ordered by sequence number and
 * type, otherwise as they came, and joined by a line feed with none at the end.
 */
import { ReportType } from "./report-log.ts";
import type { ReportLog } from "./report-log.ts";
import type { Workload } from "./workload.ts";

const linesPerPiece = 4096;

export function* reportText(workload: Workload, reports: ReportLog): Generator<string, void> {
  const order = publishedOrder(workload, reports);
  for (let first = 0; first < reports.count; first += linesPerPiece) {
    const end = Math.min(first + linesPerPiece, reports.count);
    const lines: string[] = [];
    for (let place = first; place < end; place += 1) {
      lines.push(lineOf(workload, reports, order?.[place] ?? place));
    }
    yield (first === 0 ? "" : "\n") + lines.join("\n");
  }
}

/**
 * The reports in the order of the text; undefined where that is how they came. That is so when the
 * messages are in sequence, for a message's reports come in the order of their types.
 */
function publishedOrder(workload: Workload, reports: ReportLog): Uint32Array | undefined {
  if (workload.isInSequence) return undefined;
  const ranks = sequenceRanks(workload);
  // Typed arrays sort as stably as others.
  return Uint32Array.from({ length: reports.count }, (_, report) => report).sort(
    (a, b) =>
      ranks[reports.messageOf(a)]! - ranks[reports.messageOf(b)]! ||
      reports.typeOf(a) - reports.typeOf(b),
  );
}

/** For each message, how many smaller sequence numbers there are. */
function sequenceRanks(workload: Workload): Uint32Array {
  const messages = Array.from({ length: workload.messageCount }, (_, message) => ({
    message,
    sequence: workload.sequenceOf(message),
  })).sort((a, b) => (a.sequence < b.sequence ? -1 : a.sequence > b.sequence ? 1 : 0));
  const ranks = new Uint32Array(workload.messageCount);
  let rank = 0;
  for (const [place, { message, sequence }] of messages.entries()) {
    if (sequence !== messages[Math.max(place - 1, 0)]!.sequence) rank = place;
    ranks[message] = rank;
  }
  return ranks;
}

function lineOf(workload: Workload, reports: ReportLog, report: number): string {
  const type = reports.typeOf(report);
  const sequence = workload.sequenceText(reports.messageOf(report));
  const orderId = workload.orderIdText(reports.orderIdOf(report));
  const side = reports.sideOf(report);
  switch (type) {
    case ReportType.orderAck:
    case ReportType.modifyAck: {
      const price = workload.priceText(reports.priceOf(report));
      return `${type},${sequence},${side},${orderId},${price},${reports.quantityOf(report)}`;
    }
    case ReportType.trade: {
      const price = workload.priceText(reports.priceOf(report));
      const resting = workload.orderIdText(reports.restingOrderIdOf(report));
      return `${type},${sequence},${price},${reports.quantityOf(report)},${resting},${orderId}`;
    }
    case ReportType.cancelAck: {
      const price = workload.priceText(reports.priceOf(report));
      return `${type},${sequence},${side},${orderId},${price}`;
    }
    case ReportType.cancelReject:
    case ReportType.modifyReject:
      return `${type},${sequence},${orderId}`;
  }
}
