/**
 * Questions about the past, which gateways do not answer: an exchange that keeps history has
 * somebody who does.
 */
import type { HistoryPage } from "../../protocols/api/history-replies.ts";
import type { HistoryPageRequest } from "../../protocols/api/history-requests.ts";
import { ExchangeUnavailable, HistoryUnavailable } from "./faults.ts";
import { question } from "./questions.ts";
import type { QuestionParts } from "./questions.ts";

/** Whoever answers may be starting anew. */
const unheardMsMax = 3000;

/** Throws {@link HistoryUnavailable} when nobody hears it. */
export async function askHistory<Reply extends { readonly ok: true }>(
  parts: QuestionParts,
  subject: string,
  body: object,
): Promise<Reply> {
  const { clock } = parts;
  const endMs = clock.nowMs() + unheardMsMax;
  let unheard = 0;
  const onNotHeard = (): void => {
    unheard += 1;
    if (clock.nowMs() >= endMs) throw new HistoryUnavailable(subject);
  };
  try {
    return await question<Reply>({ ...parts, onNotHeard }, subject, body);
  } catch (fault) {
    // Time was up before that.
    const isUnheard = fault instanceof ExchangeUnavailable && fault.attempts === unheard;
    throw isUnheard ? new HistoryUnavailable(subject) : fault;
  }
}

/**
 * All pages, each asked for when the one before has been taken:
 *
 *     const pages = historyPages((page) => client.fillHistory({ symbol: "BTC-USDT", ...page }));
 *     for await (const { fills } of pages) for (const fill of fills) …
 *
 * @param first what the first one is asked for by, and so all of them.
 */
export async function* historyPages<Page extends Pick<HistoryPage, "next">>(
  ask: (page: HistoryPageRequest) => Promise<Page>,
  first: HistoryPageRequest = {},
): AsyncGenerator<Page, void> {
  for (let asked = first; ;) {
    const page = await ask(asked);
    yield page;
    if (page.next === undefined) return;
    asked = { ...first, after: page.next };
  }
}
