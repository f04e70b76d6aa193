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
