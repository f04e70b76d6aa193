/**
 * Identifiers and plain integers for property tests.
 */
import fc from "fast-check";

/** Accounts, producers, nodes and clusters look alike. */
export const lowerCaseIds = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,30}$/);
export const symbols = fc.stringMatching(/^[A-Z0-9][A-Z0-9-]{0,23}$/);
export const assetIds = fc.stringMatching(/^[A-Z0-9][A-Z0-9-]{0,15}$/);
export const clientOrderIds = fc.stringMatching(/^[A-Za-z0-9_:-]{1,36}$/);
export const quoteIds = fc.stringMatching(/^[A-Za-z0-9_:-]{1,32}$/);
export const participantIds = fc.oneof(lowerCaseIds, fc.constant(""));
export const integers = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1000, max: 1000 }));
export const counts = fc.maxSafeNat();
export const texts = fc.string({ unit: "grapheme", maxLength: 40 });
export const revisions = fc.nat({ max: 2 ** 32 - 1 });
