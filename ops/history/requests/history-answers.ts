/**
 * Requests about the past, from a body that a stranger sent to the reply for it.
 *
 * Free of transports: whoever carries requests says who asks, and vouches for that. An account is
 * told of its own rows and of no others, because that it asks is among the conditions of every
 * statement. Few are asked at once: the database is also what history is written to.
 */
import { compileCheck } from "../../../gateway/request-check.ts";
import type { RequestCheck } from "../../../gateway/request-check.ts";
import { refuse } from "../../../gateway/order-answers.ts";
import { fieldFault } from "../../../protocols/api/errors.ts";
import { historyRequestNames, historyRequests } from "../../../protocols/api/history.ts";
import type { HistoryRequestName } from "../../../protocols/api/history.ts";
import type { HistoryPage } from "../../../protocols/api/history-replies.ts";
import type {
  CandleHistoryRequest,
  HistoryPageRequest,
  LedgerRequest,
  OrderHistoryRequest,
} from "../../../protocols/api/history-requests.ts";
import { historyRowsDefault } from "../../../protocols/api/limits.ts";
import type { Refusal } from "../../../protocols/api/replies.ts";
import { isAccountId, RejectReason } from "../../../protocols/index.ts";
import type { AccountId } from "../../../protocols/index.ts";
import { DatabaseUnavailable, StatementRefused } from "../database.ts";
import type { Database, SqlAnswer } from "../database.ts";
import type { ProjectorStatus } from "../projector.ts";
import { historyViews } from "./history-view.ts";
import type { HistoryView, ViewRow } from "./history-view.ts";
import { decodePagePlace, encodePagePlace } from "./page-place.ts";
import type { PagePlace } from "./page-place.ts";
import { pageStatement } from "./page-statement.ts";
import { Turns } from "./turns.ts";

export interface HistoryAnswersOptions {
  readonly database: Pick<Database, "ask">;
  readonly status: () => HistoryReach;
  /** How many are asked of the database at once, and how many may wait for that. */
  readonly atOnce?: number;
  readonly waitingMax?: number;
  readonly report: (error: unknown) => void;
}

/** How far history is, and how far the logs are, by shard. */
export interface HistoryReach extends Pick<ProjectorStatus, "written"> {
  /** Empty while nobody has looked. */
  readonly heads: readonly number[];
}

export interface HistoryAsked {
  readonly name: HistoryRequestName;
  /** Whose rows, where they are one account's; else "". */
  readonly account: AccountId;
}

export type HistoryReply = ({ readonly ok: true } & HistoryPage) | Refusal;

/** What requests ask for besides pages. */
type Body = HistoryPageRequest &
  Pick<OrderHistoryRequest, "symbol"> &
  Pick<LedgerRequest, "asset"> &
  Partial<Pick<CandleHistoryRequest, "interval">>;

const checks = Object.fromEntries(
  historyRequestNames.map((name) => [name, compileCheck(historyRequests[name].request)]),
) as Readonly<Record<HistoryRequestName, RequestCheck>>;

export class HistoryAnswers {
  readonly #options: HistoryAnswersOptions;
  readonly #turns: Turns;

  constructor(options: HistoryAnswersOptions) {
    const { atOnce = 2, waitingMax = 64 } = options;
    this.#options = options;
    this.#turns = new Turns({ atOnce, waitingMax });
  }

  /** Answers a request whose body was decoded, whatever it holds. */
  async answer(asked: HistoryAsked, body: unknown): Promise<HistoryReply> {
    const { name, account } = asked;
    if (historyRequests[name].scope === "account" && !isAccountId(account)) {
      return refuse({ reason: RejectReason["subject-unknown"] });
    }
    const fault = checks[name](body);
    if (fault !== undefined) return refuse(fault);
    const wanted = body as Body;
    const view = historyViews[name];
    const { after } = wanted;
    const place = after === undefined ? undefined : decodePagePlace(after, 1 + view.key.length);
    if (after !== undefined && place === undefined) {
      return refuse(fieldFault("after", "It must be what a page of the same rows had as `next`."));
    }
    return await this.#page(asked, wanted, place);
  }

  async #page(
    asked: HistoryAsked,
    body: Body,
    place: PagePlace | undefined,
  ): Promise<HistoryReply> {
    const { status } = this.#options;
    const { written, heads } = status();
    if (written.length === 0 || heads.length === 0)
      return unavailable("The history is not open yet.");
    const asOf = place?.asOf ?? written;
    // Another one has told the pages before, or it was written anew.
    if (asOf.some((sequence, shard) => sequence > (written[shard] ?? 0))) {
      return unavailable("This history is not yet as far as the pages before.");
    }
    const view = historyViews[asked.name];
    const limit = body.limit ?? historyRowsDefault;
    const question = pageStatement(view, {
      matches: matchesOf(asked, body),
      fromUs: body.fromUs,
      toUs: body.toUs,
      isOldestFirst: body.sort === "oldestFirst",
      limit,
      afterKey: place?.key,
      asOf,
    });
    try {
      const answer = await this.#turns.take(() => this.#options.database.ask(question));
      if (answer === undefined) return refuse({ reason: RejectReason.busy });
      const behind = heads.map((head, shard) => Math.max(head - (written[shard] ?? 0), 0));
      const entriesBehind = behind.reduce((sum, entries) => sum + entries, 0);
      return { ok: true, ...toldOf(asked, body), ...pageOf(view, answer, asOf), entriesBehind };
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable || error instanceof StatementRefused)) throw error;
      // That it is away, its writer tells of.
      if (error instanceof StatementRefused) this.#options.report(error);
      return unavailable("The history cannot be read now.");
    }
  }
}

function matchesOf({ name, account }: HistoryAsked, body: Body): Readonly<Record<string, string>> {
  const { symbol, asset } = body;
  return {
    ...(historyRequests[name].scope === "account" && { account }),
    ...(symbol !== undefined && { symbol }),
    ...(asset !== undefined && { asset }),
    ...(name === "history.candles" && { span: intervalOf(body) }),
  };
}

/** What was asked for, where that is not one account's. */
function toldOf({ name }: HistoryAsked, body: Body) {
  if (historyRequests[name].scope === "account") return {};
  const { symbol } = body;
  return { symbol, ...(name === "history.candles" && { interval: intervalOf(body) }) };
}

function intervalOf({ interval = "1m" }: Body): string {
  return interval;
}

function pageOf(view: HistoryView, { columns, rows, isCut }: SqlAnswer, asOf: readonly number[]) {
  const found = rows.map((row): ViewRow =>
    Object.fromEntries(columns.map((column, at) => [column, row[at]])),
  );
  const last = found.at(-1);
  const key = last && [view.time, ...view.key].map((column) => Number(last[column]));
  return {
    [view.rows]: found.map(view.render),
    ...(isCut && key !== undefined && { next: encodePagePlace({ key, asOf }) }),
    asOf: [...asOf],
  };
}

function unavailable(message: string): Refusal {
  return refuse({ reason: RejectReason["cluster-unavailable"], message });
}
