/**
 * Commands as rows: what administrators did, with what they were answered, and orders that were
 * refused before there was one, of which no account is told by a report.
 */
import { isShardProducer, RejectReason, rejectReasonName } from "../../protocols/index.ts";
import type {
  AdminCommand,
  CommandReplied,
  InterventionRecorded,
  Message,
  OrderReplied,
  Origin,
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
  /** What came last. */
  #command: Message | undefined;
  #refusals = 0;
  #index = 0;

  constructor(place: RowPlace) {
    this.#place = place;
  }

  came(command: Message, origin: Origin): void {
    this.#command = command;
    if (isShardProducer(origin.producer) || !isAdmins(command)) return;
    const index = this.#index++;
    this.#actions.push({ command, origin, index, rejectReason: RejectReason.none });
  }

  resumed(command: Message): void {
    this.#command = command;
  }

  answered({ origin, rejectReason }: CommandReplied): void {
    const action = this.#actions.find(({ origin: of }) => isSame(of, origin));
    if (action !== undefined) action.rejectReason = rejectReason;
  }

  refused({ rejectReason, orderId }: OrderReplied): void {
    const command = this.#command;
    if (rejectReason === RejectReason.none || orderId !== 0 || command === undefined) return;
    if (!("account" in command)) return;
    const symbol = "symbol" in command ? command.symbol : "";
    const reason = rejectReasonName(rejectReason);
    this.#place.batch.added.refusals.push(
      `${this.#place.named(this.#refusals++)}\t${command.kind}\t${command.account}\t` +
        `${copyText(symbol)}\t${copyText(orderNameIn(command))}\t${reason}\n`,
    );
  }

  /** Nobody asked for it: the venue did it by itself. */
  intervened({ command, target, reason }: InterventionRecorded): void {
    if (command !== "breaker-moved") return;
    this.#write(this.#index++, `${command}\t\t${copyText(reason)}\t${copyJson({ target })}\tnone`);
  }

  endStep(): void {
    for (const { command, index, rejectReason } of this.#actions) {
      // It comes again, where its actor lives.
      if (rejectReason === RejectReason["actor-elsewhere"]) continue;
      const { kind, author = "", reason = "", ...details } = command as AuthoredCommand;
      this.#write(
        index,
        `${kind}\t${copyText(author)}\t${copyText(reason)}\t${copyJson(details)}\t` +
          rejectReasonName(rejectReason),
      );
    }
    this.#actions.length = 0;
    this.#command = undefined;
    this.#refusals = this.#index = 0;
  }

  #write(index: number, fields: string): void {
    const { batch } = this.#place;
    batch.added.admin_actions.push(`${this.#place.namedPlainly(index)}\t${fields}\n`);
  }
}

type AuthoredCommand = AdminCommand & { readonly author?: string; readonly reason?: string };

const adminKinds: ReadonlySet<string> = new Set<AdminCommand["kind"]>([
  "add-asset",
  "list-instrument",
  "open-account",
  "deposit",
  "halt-trading",
  "resume-trading",
  "publish-mark-price",
  "arm-kill-switch",
  "confirm-kill-switch",
  "release-kill-switch",
  "set-market-breaker",
  "place-actor",
  "add-shard",
]);

function isAdmins(command: Message): boolean {
  return adminKinds.has(command.kind);
}

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
