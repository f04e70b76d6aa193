/** What the reference of the market notes, and a fuzz run must have come to. */
export const allOfMarkets: readonly string[] = [
  ...["preOpen", "openingAuction", "continuous", "closingAuction", "tradingAtLast", "closed"].map(
    (phase) => `resumed where the calendar leads to ${phase}`,
  ),
  ...["a step of the calendar", "a resumption", "an auction"].map(
    (what) => `${what} waits for the venue`,
  ),
  ...["extended: openingAuction before open", "extended: openingAuction before close"],
  ...["extended: closingAuction before tradeAtLast", "extended: closingAuction before close"],
  ...["extended: volatilityAuction", "a trade ends a limit state", "a pause ends"],
  ...["auction", "pause", "limit state"].flatMap((own) =>
    ["callClosing", "close"].map((event) => `${event} ends: ${own}`),
  ),
  ...["preOpen", "callOpening", "open", "callClosing", "tradeAtLast", "close"].flatMap((event) => [
    `leads nowhere: ${event} in halted`,
    `leads nowhere: ${event} in cancelOnly`,
  ]),
  ...["open", "tradeAtLast", "close"].map((event) => `ends by chance: ${event}`),
  ...["a step of a day that differs", "a step that clocks skip", "a step that clocks show twice"],
  ...["open in continuous", "close in closed"].map((step) => `leads nowhere: ${step}`),
  ...["leads nowhere: open in volatilityAuction", "close ends: resumption"],
  ...["several levels are reached at once", "a level is reached during a halt"],
  ...["continuous", "closed", "preOpen"].map((phase) => `listed with bands: ${phase}`),
  "several things are due",
  "a halt for the rest of the day ends with the next",
];
