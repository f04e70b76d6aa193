/**
 * The addresses of actors that can be moved from shard to shard: `account/<id>`, and
 * `book/<symbol>`, whose market goes with it.
 */
import { assert } from "./assert.ts";
import { isAccountId, isSymbol } from "./identifiers.ts";
import type { AccountId, InstrumentSymbol } from "./identifiers.ts";

export type ActorAddress = `account/${AccountId}` | `book/${InstrumentSymbol}`;

export const accountWord = "account/";
export const bookWord = "book/";

export function isActorAddress(text: string): text is ActorAddress {
  if (text.startsWith(bookWord)) return isSymbol(text.slice(bookWord.length));
  return text.startsWith(accountWord) && isAccountId(text.slice(accountWord.length));
}

export function addressOfAccount(account: AccountId): ActorAddress {
  return `${accountWord}${account}`;
}

export function addressOfBook(symbol: InstrumentSymbol): ActorAddress {
  return `${bookWord}${symbol}`;
}

/** The account of an address; undefined for a book's. */
export function accountAt(actor: ActorAddress): AccountId | undefined {
  return actor.startsWith(accountWord) ? actor.slice(accountWord.length) : undefined;
}

/** The symbol of a book's address. */
export function symbolAt(actor: ActorAddress): InstrumentSymbol {
  assert(actor.startsWith(bookWord), "not a book's address");
  return actor.slice(bookWord.length);
}
