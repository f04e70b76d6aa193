/**
 * Commands to a book as one would say them, without what is as usual: for stories that went wrong.
 */
import {
  Intervention,
  nameIn,
  OrderType,
  PegReference,
  plainInstructions,
  PostOnly,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TriggerSource,
} from "../../../protocols/index.ts";
import type { OrderInstructions } from "../../../protocols/index.ts";
import { unlimitedBudget } from "../../order-book/book-terms.ts";
import type { BookCommand, OneOrder, OrderTerms } from "./book-command.ts";

export function commandText(command: BookCommand): string {
  switch (command.kind) {
    case "pass":
      return `${command.us} µs pass, chance ${command.entropy}`;
    case "skip":
      return `time goes to what is due for the ${command.of}`;
    case "submit":
      return orderText(command.order);
    case "submit-first":
      return `${orderText(command.first)}, linked to ${orderText(command.second)}`;
    case "submit-second":
      return `the linked ${nameOf(command.of)} comes`;
    case "cancel":
      return `cancel ${nameOf(command.of)}${command.isByAnother ? " by another" : ""}`;
    case "replace":
      return `replace ${nameOf(command.of)} ${JSON.stringify(command.terms)}`;
    case "mark":
      return `mark ${command.price}`;
    case "halt-venue":
      return command.isHalted ? "the venue is halted" : "the venue resumes";
    case "intervene":
      return `${nameIn(Intervention, command.intervention)}${command.isPurged ? " and purge" : ""}`;
    case "watch":
      return `watch the index: ${JSON.stringify(command.levels)}`;
    case "restore":
      return "restore";
  }
}

function nameOf(of: OneOrder): string {
  return "orderId" in of ? `#${of.orderId}` : `one of all (${of.pick})`;
}

const lists: Partial<Record<keyof OrderInstructions, Readonly<Record<string, number>>>> = {
  triggerSource: TriggerSource,
  postOnly: PostOnly,
  pegReference: PegReference,
  selfTradePrevention: SelfTradePrevention,
};

function orderText(order: OrderTerms): string {
  const { account, side, orderType, timeInForce, price, quantity, budget } = order;
  const names = Object.keys(plainInstructions) as (keyof OrderInstructions)[];
  const asked = names
    .filter((name) => order.instructions[name] !== plainInstructions[name])
    .map((name) => {
      const value = Number(order.instructions[name]);
      const list = lists[name];
      return `${name} ${list === undefined ? value : nameIn(list, value)}`;
    });
  const isDated = timeInForce === TimeInForce.GTD;
  const terms = [
    `${nameIn(OrderType, orderType)} ${nameIn(TimeInForce, timeInForce)}`,
    ...(budget === unlimitedBudget ? [] : [`budget ${budget}`]),
    ...(isDated ? [`ends in ${order.expiresInUs} µs`] : []),
    ...asked,
  ];
  return `#${order.orderId} ${account} ${nameIn(Side, side)} ${quantity} @ ${price} ${terms.join(", ")}`;
}
