/**
 * How much one request may hold or ask for, and what it gets when it does not say. Apart from the
 * schemas, so that whoever needs a number does not load them.
 */

/** The most commands in one batch, in every form. */
export const batchCommandsMax = 1000;

/** The fewest orders that can depend on one another. */
export const listOrdersMin = 2;

export const openOrdersMax = 1000;
export const openOrdersDefault = 100;

export const depthLevelsMax = 10_000;
export const depthLevelsDefault = 20;

/** Displayed orders of each side. */
export const displayedOrdersMax = 10_000;
export const displayedOrdersDefault = 100;

/** As many as a book remembers. */
export const tradesMax = 500;
export const tradesDefault = 50;

/** As many as a book remembers of each interval. */
export const candlesMax = 500;
export const candlesDefault = 100;

/** Rows of history in one answer: they fit into one message. */
export const historyRowsMax = 1000;
export const historyRowsDefault = 100;

/** A halt by the breaker is over within a day, or lasts for the rest of it. */
export const haltSecondsMax = 86_400;

/** The largest message that a participant may send: beyond it the server ends the connection. */
export const participantPayloadBytesMax = 256 * 1024;
