/**
 * Where a projector is asked on its machine: questions in SQL, which one process alone can answer
 * where the database is embedded, and how far it is.
 */
import type { Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
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
    const isOpen = await opened(status);
    if (!isOpen) throw new Error(`history in ${database.place} is not open yet: ask again later`);
    const answer = await database.ask(asked.question);
    const { written, heads } = status();
    return { ...answer, database: database.place, written, heads } satisfies HistoryAnswer;
  });
}

/** A database takes a while to open: whoever asks right after a start is not sent away. */
const patienceOfAskersMs = 30_000;
const lookEveryMs = 100;

async function opened(status: () => ProjectorStatus): Promise<boolean> {
  for (let waitedMs = 0; status().written.length === 0; waitedMs += lookEveryMs) {
    if (waitedMs >= patienceOfAskersMs) return false;
    await delay(lookEveryMs);
  }
  return true;
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
