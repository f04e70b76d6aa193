/** In which contracts an account's positions are isolated, and the cash that those have. */
import type {
  MoveMarginRequest,
  SetMarginModeRequest,
} from "../../protocols/api/margin-requests.ts";
import type { DoneReply, Refusal } from "../../protocols/api/replies.ts";
import { command } from "./questions.ts";
import type { QuestionParts } from "./questions.ts";

export interface MarginLine {
  readonly parts: QuestionParts;
  /** By a request's name. */
  readonly subject: (request: string) => string;
}

type Done = DoneReply | Refusal;

/** All of these may be repeated: what is done already is said to be done. */
export class IsolatedMargin {
  readonly #line: MarginLine;

  constructor(line: MarginLine) {
    this.#line = line;
  }

  /** Refused while the account has a position or orders there. */
  setMode(request: SetMarginModeRequest): Promise<Done> {
    return this.#do("margin.setMode", request);
  }

  /** Of what is free. The same reference is added once. */
  add(request: MoveMarginRequest): Promise<Done> {
    return this.#do("margin.add", request);
  }

  /** Of what the position does not need. The same reference is taken back once. */
  remove(request: MoveMarginRequest): Promise<Done> {
    return this.#do("margin.remove", request);
  }

  async #do(name: string, body: object): Promise<Done> {
    const { parts, subject } = this.#line;
    return (await command<DoneReply>(parts, subject(name), body)).reply;
  }
}
