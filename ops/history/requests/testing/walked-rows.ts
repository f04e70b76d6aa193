/** Rows of history as a client gets them: page by page, until there is no next one. */
import type { HistoryAnswers, HistoryAsked, HistoryReply } from "../history-answers.ts";

export type Page = Extract<HistoryReply, { readonly ok: true }>;
export type Row = Readonly<Record<string, unknown>>;

/** A walk that is at some page. */
export interface Walk {
  readonly asked: HistoryAsked;
  readonly body: object;
  readonly rows: readonly Row[];
  /** By shard, the last entry of which there are rows. */
  readonly asOf: readonly number[];
  /** undefined when it is over. */
  readonly next: string | undefined;
}

/** Its first page. */
export function beginWalk(
  answers: HistoryAnswers,
  asked: HistoryAsked,
  body: object,
): Promise<Walk> {
  return step(answers, { asked, body, rows: [], asOf: [], next: undefined });
}

/** All pages that follow. */
export async function endWalk(answers: HistoryAnswers, begun: Walk): Promise<readonly Row[]> {
  let walk = begun;
  while (walk.next !== undefined) walk = await step(answers, walk);
  return walk.rows;
}

async function step(answers: HistoryAnswers, { asked, body, rows, next }: Walk): Promise<Walk> {
  const after = next === undefined ? {} : { after: next };
  const page = okay(await answers.answer(asked, { ...body, ...after }));
  return { asked, body, rows: [...rows, ...rowsIn(page)], asOf: page.asOf, next: page.next };
}

export function okay(reply: HistoryReply): Page {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  return reply;
}

/** Under whichever name they are there. */
export function rowsIn(page: Page): readonly Row[] {
  const lists = Object.entries(page).filter(([name]) => name !== "asOf");
  const rows: unknown = lists.map(([, value]) => value as unknown).find(Array.isArray);
  return rows as readonly Row[];
}
