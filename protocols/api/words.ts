/**
 * The closed lists of `order-terms.ts` and `reject-reasons.ts` as the words that people and JSON
 * use: one table per list, by number, and back.
 *
 * The words are the members' names. Numbers are in the log, words are in clients' code: neither is
 * ever renamed.
 */
import { assert } from "../assert.ts";
import {
  CancelFailure,
  ExecutionType,
  KillScope,
  Liquidity,
  ListType,
  OrderStatus,
  OrderType,
  PegReference,
  PostOnly,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingPhase,
  TriggerSource,
} from "../order-terms.ts";
import { CloseReason } from "../reject-reasons.ts";

type NumberedList = Readonly<Record<string, number>>;
type WordIn<List extends NumberedList> = keyof List & string;

/** Each table holds a list's words by number. The numbers run from 0 without a gap. */
export const sideWords = wordsOf(Side);
export const orderTypeWords = wordsOf(OrderType);
export const timeInForceWords = wordsOf(TimeInForce);
export const postOnlyWords = wordsOf(PostOnly);
export const selfTradePreventionWords = wordsOf(SelfTradePrevention);
export const triggerSourceWords = wordsOf(TriggerSource);
export const pegReferenceWords = wordsOf(PegReference);
export const listTypeWords = wordsOf(ListType);
export const cancelFailureWords = wordsOf(CancelFailure);
export const tradingPhaseWords = wordsOf(TradingPhase);
export const killScopeWords = wordsOf(KillScope);
export const orderStatusWords = wordsOf(OrderStatus);
export const executionTypeWords = wordsOf(ExecutionType);
export const liquidityWords = wordsOf(Liquidity);
export const closeReasonWords = wordsOf(CloseReason);

/** The word for a number that an actor said. It is in the table, or the actor is wrong. */
export function wordOf<Word extends string>(words: readonly Word[], number: number): Word {
  const word = words[number];
  assert(word !== undefined, "a number without a word");
  return word;
}

/**
 * The number of a word. Invariant: a word that is on no list becomes no number; whoever translates
 * has checked the words.
 */
export function numberOf<Word extends string>(words: readonly Word[], word: Word): number {
  const number = words.indexOf(word);
  assert(number !== -1, "a word without a number");
  return number;
}

/** The words of a list whose `none` stands for a field that is left out. */
export function withoutNone<Word extends string>(
  words: readonly Word[],
): readonly Exclude<Word, "none">[] {
  return words.filter((word): word is Exclude<Word, "none"> => word !== "none");
}

/** A list's words by number. */
export function wordsOf<List extends NumberedList>(list: List): readonly WordIn<List>[] {
  const words: WordIn<List>[] = [];
  for (const [word, number] of Object.entries(list)) words[number] = word;
  for (let number = 0; number < words.length; number++) {
    assert(words[number] !== undefined, "the list has a gap");
  }
  return words;
}
