/**
 * Commands as rows: what administrators did, with what they were answered, and order commands that
 * were refused, of which no account is told by a report.
 */
import {
  isAdminCommand,
  isShardProducer,
  RejectReason,
  rejectReasonName,
} from "../../protocols/index.ts";
import type {
  ActorMessage,
  AdminCommand,
  Approval,
  CommandReplied,
  InterventionRecorded,
  Message,
  OrderId,
  OrderReplied,
  Origin,
  ToldReport,
} from "../../protocols/index.ts";
import { copyJson, copyText } from "./copy-text.ts";
import type { RowPlace } from "./row-place.ts";

interface OpenAction {
  readonly command: Message;
  readonly origin: Origin;
  readonly index: number;
  /** What it was answered at once: what is not refused then is carried out. */
  rejectReason: number;
}

export class CommandRows {
  readonly #place: RowPlace;
  readonly #actions: OpenAction[] = [];
  /** Why orders of this entry are told by a report that they were refused. */
  readonly #rejected = new Map<OrderId, RejectReason>();
  /** What came last, or waited for its account until now. */
  #command: Message | undefined;
  #origin: Origin | undefined;
  /** What was heard last. */
  #cause: Message | undefined;
  #refusals = 0;
  #index = 0;

  constructor(place: RowPlace) {
    this.#place = place;
  }

  came(message: Message, origin: Origin): void {
    this.resumed(message, origin);
    if (isShardProducer(origin.producer) || !isAdminCommand(message)) return;
    const index = this.#index++;
    this.#actions.push({ command: message, origin, index, rejectReason: RejectReason.none });
  }

  resumed(message: Message, origin: Origin): void {
    this.#cause = this.#command = message;
    this.#origin = origin;
  }

  heard(message: ActorMessage): void {
    this.#cause = message;
  }

  rejected({ orderId, rejectReason }: ToldReport): void {
    this.#rejected.set(orderId, rejectReason);
  }

  answered({ origin, rejectReason }: CommandReplied): void {
    const action = this.#actions.find(({ origin: of }) => isSame(of, origin));
    if (action !== undefined) action.rejectReason = rejectReason;
    else if (this.#isQuoteOf(origin)) this.#refuse(origin, 0, rejectReason);
  }

  refused({ rejectReason, orderId, origin, isDuplicate }: OrderReplied): void {
    // Its report says so.
    if (!isDuplicate && this.#rejected.get(orderId) === rejectReason) return;
    this.#refuse(origin, orderId, rejectReason);
  }

  /** Nobody asked for it: the venue did it by itself. */
  intervened({ command, target, reason }: InterventionRecorded): void {
    if (command !== "breaker-moved") return;
    this.#write(
      this.#index++,
      `${command}\t\t${copyText(reason)}\t${copyJson({ target })}\tnone\t[]`,
    );
  }

  endStep(): void {
    for (const { command, index, rejectReason } of this.#actions) {
      // It comes again, where its actor lives.
      if (rejectReason === RejectReason["actor-elsewhere"]) continue;
      const {
        kind,
        author = "",
        reason = "",
        approvals = [],
        ...details
      } = command as AuthoredCommand;
      this.#write(
        index,
        `${kind}\t${copyText(author)}\t${copyText(reason)}\t${copyJson(details)}\t` +
          `${rejectReasonName(rejectReason)}\t${copyJson(approvals.map(shownApproval))}`,
      );
    }
    this.#actions.length = 0;
    this.#rejected.clear();
    this.#cause = this.#command = this.#origin = undefined;
    this.#refusals = this.#index = 0;
  }

  #isQuoteOf(origin: Origin): boolean {
    return this.#command?.kind === "mass-quote" && this.#isLast(origin);
  }

  #isLast(origin: Origin): boolean {
    return this.#origin !== undefined && isSame(this.#origin, origin);
  }

  #refuse(origin: Origin, orderId: OrderId, rejectReason: RejectReason): void {
    if (rejectReason === RejectReason.none) return;
    // It comes again, where its account lives.
    if (rejectReason === RejectReason["actor-elsewhere"]) return;
    // What a book of another shard refuses came with an earlier entry.
    const command = this.#isLast(origin) ? this.#command : undefined;
    const message = command ?? this.#cause;
    if (message === undefined || !("account" in message)) return;
    const kind = command?.kind ?? earlierChange;
    const symbol = command !== undefined && "symbol" in command ? command.symbol : "";
    const name = command === undefined ? "" : orderNameIn(command);
    this.#place.batch.added.refusals.push(
      `${this.#place.named(this.#refusals++)}\t${kind}\t${message.account}\t` +
        `${copyText(symbol)}\t${orderId}\t${copyText(name)}\t${rejectReasonName(rejectReason)}\n`,
    );
  }

  #write(index: number, fields: string): void {
    const { batch } = this.#place;
    batch.added.admin_actions.push(`${this.#place.namedPlainly(index)}\t${fields}\n`);
  }
}

type AuthoredCommand = AdminCommand & { readonly author?: string; readonly reason?: string };

/** Signatures in base64url; the tokens are in the log. */
function shownApproval({ approver, untilUs, signature }: Approval) {
  return { approver, untilUs, signature: Buffer.from(signature).toString("base64url") };
}

/** A cancel or replace of before: which of them nobody says any more. */
const earlierChange = "change-order";

function isSame(a: Origin, b: Origin): boolean {
  return (
    a.index === b.index && a.frame === b.frame && a.epoch === b.epoch && a.producer === b.producer
  );
}

/** What its client calls the order, or the number that we gave it. */
function orderNameIn(command: Message): string {
  if (!("clientOrderId" in command)) return "";
  const { clientOrderId } = command;
  if (clientOrderId !== "" || !("orderId" in command)) return clientOrderId;
  return String(command.orderId);
}
