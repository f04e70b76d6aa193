/**
 * A batch of order commands, and its answers, as records: the form for whoever sends thousands of
 * orders a second.
 *
 * The request is a msgpack list `[names, rows, ordinary]` as `records.ts` and `message-codec.ts`
 * write it, holding PlaceOrder, CancelOrder and ReplaceOrder messages of one account. The answer is
 * the same kind of list, holding one OrderReplied event for each command, in their order. What can
 * be in a frame and in a step's output is thereby said to clients with the very same bytes.
 */
import { readEvent, writeEvent } from "../event-codec.ts";
import type { OrderReplied } from "../events.ts";
import { isClientOrderId } from "../identifiers.ts";
import type { AccountId } from "../identifiers.ts";
import { readMessage, writeMessage } from "../message-codec.ts";
import type { CancelOrder, Message, PlaceOrder, ReplaceOrder } from "../messages.ts";
import { plainInstructions, unrevised } from "../order-instructions.ts";
import { MalformedRecords, RecordReader, RecordWriter } from "../records.ts";
import { RejectReason } from "../reject-reasons.ts";
import { faultWithin } from "./errors.ts";
import type { RequestFault } from "./errors.ts";
import { batchCommandsMax, participantPayloadBytesMax } from "./limits.ts";
import { isPlainMsgpack } from "./plain-msgpack.ts";

/** What may be in a batch. */
export type BatchedCommand = PlaceOrder | CancelOrder | ReplaceOrder;

export type DecodedBatch =
  | { readonly kind: "commands"; readonly commands: BatchedCommand[] }
  /** The batch is not taken at all: nothing of it may reach the log. */
  | { readonly kind: "fault"; readonly fault: RequestFault };

/** What the commands of one batch may take by {@link recordBytesMax}, to fit into one message. */
export const batchBytesMax = participantPayloadBytesMax - 1024;

/** How many bytes instructions take in a row, at most. */
const instructionBytesMax = 88;

/** How many bytes a command adds to a batch at most. */
export function recordBytesMax(command: BatchedCommand): number {
  const bytes = 40 + command.clientOrderId.length;
  switch (command.kind) {
    case "place-order": {
      const isPlain = command.instructions === plainInstructions;
      return bytes + command.symbol.length + (isPlain ? 0 : instructionBytesMax);
    }
    case "replace-order":
      return command.revised === unrevised ? bytes : bytes + instructionBytesMax;
    case "cancel-order":
      return bytes;
  }
}

/** Whether bytes begin like records: a msgpack list of three. */
export function looksLikeRecords(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93;
}

/** Collects commands into a batch; reusable, so that it keeps its memory. */
export class OrderBatchWriter {
  readonly #writer = new RecordWriter();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** How many bytes the batch takes so far, at most. */
  get length(): number {
    return this.#writer.length;
  }

  add(command: BatchedCommand): void {
    writeMessage(this.#writer, command);
    this.#count += 1;
  }

  /** The batch's bytes; the writer is empty again. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = this.#writer.finish();
    this.#writer.reset();
    this.#count = 0;
    return bytes;
  }
}

/** Reads a batch that a stranger sent for this account. Never throws. */
export function decodeOrderBatch(bytes: Uint8Array, account: AccountId): DecodedBatch {
  if (!isPlainMsgpack(bytes)) return fault({ reason: RejectReason["request-malformed"] });
  try {
    return readCommands(RecordReader.of(bytes), account);
  } catch (error) {
    if (!(error instanceof MalformedRecords)) throw error;
    return fault({ reason: RejectReason["request-malformed"], message: error.message });
  }
}

function readCommands(reader: RecordReader, account: AccountId): DecodedBatch {
  const commands: BatchedCommand[] = [];
  while (reader.hasMore) {
    if (commands.length === batchCommandsMax) {
      return fault({ reason: RejectReason["batch-too-large"] });
    }
    const command = readMessage(reader);
    const found = faultOf(command, account);
    if (found !== undefined) {
      return fault(faultWithin(`commands[${String(commands.length)}]`, found));
    }
    commands.push(command as BatchedCommand);
  }
  if (commands.length === 0) {
    return fault({ reason: RejectReason["field-invalid"], field: "commands" });
  }
  return { kind: "commands", commands };
}

function faultOf(command: Message, account: AccountId): RequestFault | undefined {
  switch (command.kind) {
    case "place-order":
      if (command.account !== account) return notYours;
      return undefined;
    case "cancel-order":
    case "replace-order":
      if (command.account !== account) return notYours;
      return namesAnOrder(command) ? undefined : orderNotNamed;
    default:
      return notAnOrderCommand;
  }
}

/** Our id alone, or the client's alone. */
function namesAnOrder(command: CancelOrder | ReplaceOrder): boolean {
  if (command.orderId !== 0) return command.orderId > 0 && command.clientOrderId === "";
  return isClientOrderId(command.clientOrderId);
}

const notYours: RequestFault = { reason: RejectReason["account-not-yours"], field: "account" };
const orderNotNamed: RequestFault = { reason: RejectReason["field-invalid"], field: "orderId" };
const notAnOrderCommand: RequestFault = {
  reason: RejectReason["field-invalid"],
  message: "A batch holds place, cancel and replace commands only.",
};

function fault(found: RequestFault): DecodedBatch {
  return { kind: "fault", fault: found };
}

const replies = new RecordWriter();

/** Writes the answers to a batch. Those that no actor gave come from {@link unansweredReply}. */
export function encodeOrderReplies(events: readonly OrderReplied[]): Uint8Array<ArrayBuffer> {
  replies.reset();
  for (const event of events) writeEvent(replies, event);
  return replies.finish();
}

/** Reads the answers to a batch of `count` commands. Throws {@link MalformedRecords}. */
export function decodeOrderReplies(bytes: Uint8Array, count: number): OrderReplied[] {
  const reader = RecordReader.of(bytes);
  const events: OrderReplied[] = [];
  while (reader.hasMore) {
    const event = readEvent(reader);
    if (event.kind !== "order-replied") throw new MalformedRecords("not an answer to an order");
    events.push(event);
  }
  if (events.length !== count) throw new MalformedRecords("not one answer for each command");
  return events;
}

/** The gateway's own answer to one command of a batch, in the place of an actor's. */
export function unansweredReply(index: number, rejectReason: RejectReason): OrderReplied {
  return {
    kind: "order-replied",
    origin: { producer: "", epoch: 0, frame: 0, index },
    rejectReason,
    isDuplicate: false,
    orderId: 0,
    status: 0,
    closeReason: 0,
    price: 0,
    quantity: 0,
    executed: 0,
    executedNotional: 0,
    fees: 0,
    revision: 0,
    updateId: 0,
  };
}
