/** Where somebody who follows the logs is asked on its machine how far it is. */
import type { Server } from "node:net";
import { askAt, listenAt } from "../config/local-socket.ts";

export interface StatusRequest {
  readonly kind: "status";
}

/** Whoever does not say by then is asked no longer: it may stand still. */
const patienceMs = 5000;

export function listenForLooks(path: string, status: () => object): Promise<Server> {
  return listenAt(path, () => Promise.resolve(status()));
}

/** How far it is who listens there; undefined where nobody does, or does not answer. */
export async function lookAt<Status extends object>(path: string): Promise<Status | undefined> {
  const request: StatusRequest = { kind: "status" };
  const answer = await askAt(path, request, patienceMs);
  if (answer === undefined || answer === "cut off" || !answer.ok) return undefined;
  return answer.value as Status;
}
