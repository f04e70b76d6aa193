/**
 * Subjects: dot-separated tokens, by which messages find their listeners.
 *
 * A server takes almost anything for a subject, and a space or a line break in one becomes part of
 * the protocol. So what is not plainly a subject is refused here, as the defect that it is: ids are
 * checked where they come in.
 */
import { assert } from "../protocols/assert.ts";

const tokens = String.raw`(?:[A-Za-z0-9_$-]+\.)*`;
const publishPattern = new RegExp(String.raw`^${tokens}[A-Za-z0-9_$-]+$`);
const subscribePattern = /^(?:(?:[A-Za-z0-9_$-]+|\*)\.)*(?:[A-Za-z0-9_$-]+|\*|>)$/;

export function assertPublishSubject(subject: string): void {
  assert(publishPattern.test(subject), "a subject is tokens of letters, digits, -, _ and $");
}

export function assertSubscribeSubject(subject: string): void {
  assert(
    subscribePattern.test(subject),
    "a pattern is tokens, * for any and a last > for the rest",
  );
}

/** Whether a message to `subject` reaches who subscribed to `pattern`. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const wanted = pattern.split(".");
  const given = subject.split(".");
  if (wanted.at(-1) === ">") {
    wanted.pop();
    if (given.length <= wanted.length) return false;
    given.length = wanted.length;
  }
  return (
    wanted.length === given.length &&
    wanted.every((token, index) => token === "*" || token === given[index])
  );
}
