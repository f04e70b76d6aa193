/**
 * Where an answer may go: into an inbox of whoever asked, and nowhere else.
 *
 * A requester names the subject of its answer, and the gateway may publish where the requester may
 * not. Without this a participant could have the gateway speak in its place into an inbox or a feed
 * of somebody else's.
 */
import type { RequestScope } from "../../protocols/api/requests.ts";

/** What a misspelt account may look like and still be told so. */
const accountLike = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
/** Administrators' inboxes; no account's begin like this, for no account has an underscore. */
const adminInbox = /^_INBOX\._admin\.([a-z0-9][a-z0-9-]{0,30})\./;

/** @param account the token of the subject where the account stands, whatever is there. */
export function mayReplyTo(scope: RequestScope, account: string, reply: string): boolean {
  switch (scope) {
    case "account":
      return accountLike.test(account) && reply.startsWith(`_INBOX.${account}.`);
    case "market":
      return reply.startsWith("_INBOX.");
    case "admin":
      return administratorOf(reply) !== undefined;
  }
}

/** The administrator whose inbox that is; whoever asked hears the answer only if it is theirs. */
export function administratorOf(reply: string): string | undefined {
  return adminInbox.exec(reply)?.[1];
}
