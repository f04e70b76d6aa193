/**
 * A simulated chain in a process of its own, and the line to it: a socket, a line of JSON there and
 * one back. So it outlives whoever sends to it.
 */
import type { Server } from "node:net";
import { isErrno } from "../../../cluster/errno.ts";
import { askAt, listenAt } from "../../config/local-socket.ts";
import type { Chain, PlacedOutput, SignedTransfer, Submission } from "./chain.ts";
import { ChainUnreachable } from "./chain.ts";
import { isChainAct } from "./chain-act.ts";
import type { ChainAct } from "./chain-act.ts";
import type { ActResult, SimulatedChain } from "./simulated-chain.ts";

type Question = keyof Chain;

interface Asked {
  readonly ask: Question;
  readonly of: readonly unknown[];
}

/** Answers for the chain until it is closed. */
export function serveChain(path: string, chain: SimulatedChain): Promise<Server> {
  return listenAt(path, async (request) => {
    if (isChainAct(request)) return chain.act(request);
    const { ask, of } = askedIn(request);
    switch (ask) {
      case "height":
        return chain.height();
      // What is no transfer is refused as any other.
      case "submit":
        return chain.submit(of[0] as SignedTransfer);
      case "outputsAbove":
        return chain.outputsAbove(countIn(of[0]), textsIn(of[1]));
      case "confirmations":
        return chain.confirmations(textsIn(of[0]));
      case "balances":
        return chain.balances(textsIn(of[0]));
    }
  });
}

/** Waited for no longer. */
const patienceMs = 5000;

export class ChainLine implements Chain {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  height(): Promise<number> {
    return this.#ask("height");
  }

  submit(transfer: SignedTransfer): Promise<Submission> {
    return this.#ask("submit", transfer);
  }

  outputsAbove(height: number, wallets: readonly string[]): Promise<readonly PlacedOutput[]> {
    return this.#ask("outputsAbove", height, wallets);
  }

  confirmations(transactions: readonly string[]): Promise<readonly number[]> {
    return this.#ask("confirmations", transactions);
  }

  balances(wallets: readonly string[]): Promise<readonly string[]> {
    return this.#ask("balances", wallets);
  }

  /** What only the simulated chain does. */
  act(act: ChainAct): Promise<ActResult> {
    return this.#send(act) as Promise<ActResult>;
  }

  async #ask<Answer>(ask: Question, ...of: readonly unknown[]): Promise<Answer> {
    return (await this.#send({ ask, of })) as Answer;
  }

  async #send(request: unknown): Promise<unknown> {
    const answer = await this.#answerTo(request);
    if (answer === undefined || answer === "cut off") {
      throw new ChainUnreachable(`no chain answers at ${this.#path}`);
    }
    if (!answer.ok) throw new ChainUnreachable(`the chain at ${this.#path}: ${answer.error}`);
    return answer.value;
  }

  async #answerTo(request: unknown) {
    try {
      return await askAt(this.#path, request, patienceMs);
    } catch (error) {
      // It went while it was spoken to.
      if (!isErrno(error, "EPIPE") && !isErrno(error, "ECONNRESET")) throw error;
      return undefined;
    }
  }
}

class RequestMalformed extends Error {
  override readonly name = "RequestMalformed";
}

function askedIn(request: unknown): Asked {
  const { ask, of } = Object(request) as { ask?: unknown; of?: unknown };
  if (!isQuestion(ask) || !Array.isArray(of)) throw new RequestMalformed("that is no question");
  return { ask, of: of as readonly unknown[] };
}

const questions = ["height", "submit", "outputsAbove", "confirmations", "balances"] as const;

function isQuestion(value: unknown): value is Question {
  return questions.some((question) => question === value);
}

function countIn(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw new RequestMalformed("that is no height");
}

function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw new RequestMalformed("that is no list of names");
}
