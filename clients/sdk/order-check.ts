/**
 * Whether what a program asks for can be written as a record at all. The compiler has checked the
 * types; numbers that are no integers, and text that is no id, it cannot see.
 */
import { fieldFault } from "../../protocols/api/errors.ts";
import type { RequestFault } from "../../protocols/api/errors.ts";
import type { BatchedCommand } from "../../protocols/api/order-batch.ts";
import { isClientOrderId, isSymbol } from "../../protocols/index.ts";

const revisionMax = 0xffff_ffff;

export function faultOfCommand(command: BatchedCommand): RequestFault | undefined {
  switch (command.kind) {
    case "place-order":
      if (!isSymbol(command.symbol)) return fieldFault("symbol", "It is no symbol.");
      if (!isClientOrderId(command.clientOrderId)) return noName;
      return faultOfTerms(command);
    case "cancel-order":
      return faultOfName(command);
    case "replace-order":
      if (!isCount(command.revision) || command.revision > revisionMax) {
        return fieldFault("revision", "It is no count of 32 bits.");
      }
      return faultOfName(command) ?? faultOfTerms(command);
  }
}

interface Named {
  readonly orderId: number;
  readonly clientOrderId: string;
}

function faultOfName({ orderId, clientOrderId }: Named): RequestFault | undefined {
  if (!isCount(orderId)) return fieldFault("orderId", "It is no order id.");
  if (orderId === 0 && !isClientOrderId(clientOrderId)) return noName;
  return undefined;
}

interface Terms {
  readonly price: number;
  readonly quantity: number;
}

function faultOfTerms({ price, quantity }: Terms): RequestFault | undefined {
  if (!Number.isSafeInteger(price)) return fieldFault("price", "It must be an integer.");
  if (!Number.isSafeInteger(quantity)) return fieldFault("quantity", "It must be an integer.");
  return undefined;
}

const noName = fieldFault("clientOrderId", "It is 1 to 36 letters, digits, `_`, `:` or `-`.");

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
