/**
 * Where a projector is asked on its machine: questions in SQL, which one process alone can answer
 * where the database is embedded, and how far it is.
 */
import type { Server } from "node:net";
import { askAt, listenAt } from "../config/local-socket.ts";
import type { StatusRequest } from "../downstream/status-desk.ts";
import type { Database, Question, SqlAnswer } from "./database.ts";
import type { ProjectorStatus } from "./projector.ts";

export type HistoryRequest =
  { readonly kind: "question"; readonly question: Question } | StatusRequest;

export interface HistoryAnswer extends SqlAnswer {
  readonly database: string;
  /** By shard, up to which entry rows are there, and how far its log was read. */
  readonly written: readonly number[];
  readonly heads: readonly number[];
}

/** How far a history is. */
export interface HistoryStatus extends ProjectorStatus {
  readonly database: string;
}

/** Why there is no answer. */
export type HistorySilence = "nobody" | { readonly error: string };

export function listenForQuestions(
  path: string,
  { database, status }: { readonly database: Database; readonly status: () => ProjectorStatus },
): Promise<Server> {
  return listenAt(path, async (request) => {
    const asked = request as HistoryRequest;
    if (asked.kind === "status") {
      return { database: database.place, ...status() } satisfies HistoryStatus;
    }
    // Nothing is said of tables that may not be there yet.
    if (status().written.length === 0) throw new Error(`${database.place} is not open yet`);
    const answer = await database.ask(asked.question);
    const { written, heads } = status();
    return { ...answer, database: database.place, written, heads } satisfies HistoryAnswer;
  });
}

/** Asks the projector that listens there, and waits as long as it takes unless told otherwise. */
export async function askHistory(
  path: string,
  question: Question,
  patienceMs?: number,
): Promise<HistoryAnswer | HistorySilence> {
  const request: HistoryRequest = { kind: "question", question };
  const answer = await askAt(path, request, patienceMs);
  if (answer === undefined || answer === "cut off") return "nobody";
  return answer.ok ? (answer.value as HistoryAnswer) : { error: answer.error };
}
