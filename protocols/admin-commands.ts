/** Which messages are what administrators command. */
import type { AdminCommand, AdminCommandKind, Message } from "./messages.ts";

/** Every kind there is: the compiler misses one that is left out. */
const kinds: Readonly<Record<AdminCommandKind, true>> = {
  "add-asset": true,
  "list-instrument": true,
  "open-account": true,
  deposit: true,
  "halt-trading": true,
  "resume-trading": true,
  "publish-mark-price": true,
  "arm-kill-switch": true,
  "confirm-kill-switch": true,
  "release-kill-switch": true,
  "set-market-breaker": true,
  "place-actor": true,
  "add-shard": true,
  "set-approval-policy": true,
  "set-fee-schedule": true,
  "set-account-fees": true,
  "set-custody-policy": true,
  "assign-deposit-address": true,
  "report-deposit": true,
  "propose-sweep": true,
  "release-sweep": true,
  "advance-sweep": true,
  "release-withdrawal": true,
  "refuse-withdrawal": true,
  "advance-withdrawal": true,
  "set-risk-limits": true,
  "set-risk-group": true,
  "set-settlement-cycle": true,
  "set-margin-account": true,
  "make-good-deficit": true,
  "publish-index-price": true,
  "set-fail-permission": true,
};

export const adminCommandKinds = Object.keys(kinds) as readonly AdminCommandKind[];

export function isAdminCommand(message: Message): message is AdminCommand {
  return Object.hasOwn(kinds, message.kind);
}
