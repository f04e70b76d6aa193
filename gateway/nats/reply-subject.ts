/**
 * Where an answer may go: into an inbox of whoever asked, and nowhere else.
 *
 * A requester names the subject of its answer, and the gateway may publish where the requester may
 * not. Without this a participant could have the gateway speak in its place into an inbox or a feed
 * of somebody else's.
 */
import type { RequestScope } from "../../protocols/api/requests.ts";

/** Who asks what administrators may ask, a custodian little of it: the servers see to that. */
const administrative = ["admin", "custodian"] as const;

/** What a misspelt account may look like and still be told so. */
const accountLike = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
/**
 * An account's inbox begins with its name; an administrator's with `_admin` and a custodian's with
 * `_custodian`, which no account can be called.
 *
 * @param asker the token of the subject where the asker's name stands, whatever is there.
 */
export function mayReplyTo(scope: RequestScope, asker: string, reply: string): boolean {
  switch (scope) {
    case "account":
      return accountLike.test(asker) && reply.startsWith(`_INBOX.${asker}.`);
    case "market":
      return reply.startsWith("_INBOX.");
    case "admin":
      return accountLike.test(asker) && administrative.some((role) => isInbox(role, asker, reply));
  }
}

function isInbox(role: string, asker: string, reply: string): boolean {
  return reply.startsWith(`_INBOX._${role}.${asker}.`);
}
