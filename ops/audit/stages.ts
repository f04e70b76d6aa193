/** What the stages of an order's life are called: the names of the spans of its trace. */
import { executionTypeWords, wordOf } from "../../protocols/api/words.ts";
import type { Message, ShardEvent } from "../../protocols/index.ts";
import type { Deed } from "./act.ts";

/** The span that an order begins with, and that all others hang from. */
export const wholeOrder = "order";
/** A message on its way from one shard's log to another's. */
export const hop = "hop";

/** A gateway has a command until it closes a frame, */
export const gatewayReceive = "gateway.receive";
/** which is on its way to the server that leads the log, */
export const append = "append";
/** until the log says that it is stored by most; */
export const commit = "commit";
/** and the gateway answers whoever asked. */
export const gatewayReply = "gateway.reply";

/** Commands are looked at by an account, which checks them and reserves what they need. */
const stagesOfMessages: Partial<Record<Message["kind"], string>> = {
  "place-order": "account.place",
  "place-order-list": "account.place-list",
  "cancel-order": "account.cancel",
  "cancel-and-place": "account.cancel-and-place",
  "replace-order": "account.replace",
  "cancel-all-orders": "account.cancel-all",
  "mass-quote": "account.quote",
  "block-account": "account.block",
  "submit-order": "book.match",
  "submit-cancel": "book.cancel",
  "submit-replace": "book.replace",
  "order-rested": "account.rested",
  "order-filled": "account.settle",
  "order-triggered": "account.triggered",
  "order-repriced": "account.repriced",
  "order-prevented": "account.prevented",
  "order-removed": "account.release",
  "order-refused": "account.refused",
  "order-replaced": "account.replaced",
  "change-refused": "account.change-refused",
  "forward-reply": "reply.forward",
  "take-over": "move.arrive",
  "mark-channel": "move.arrive",
};

export function stageOf(deed: Deed): string {
  switch (deed.kind) {
    case "command":
    case "arrival":
    case "message":
    case "resumption":
      return stagesOfMessages[deed.message.kind] ?? deed.message.kind;
    case "wait":
      return "move.wait";
    case "moment":
      return "market.moment";
    case "event":
      return stageOfEvent(deed.event);
  }
}

function stageOfEvent(event: ShardEvent): string {
  if (event.kind === "order-replied") return "reply";
  if (event.kind !== "execution-report") return event.kind;
  return `report.${wordOf(executionTypeWords, event.executionType)}`;
}
