/**
 * What is said: the door of `protocols/`.
 *
 * Units, identifiers, commands, events, reasons, bytes and subjects. Data and pure functions on
 * data; nothing here knows who speaks, who decides or where it runs.
 */
export * from "./actor-address.ts";
export * from "./admin-commands.ts";
export * from "./approvals.ts";
export * from "./approved-content.ts";
export * from "./assert.ts";
export { averagePriceDecimals, averagePriceOf } from "./average-price.ts";
export * from "./candle-interval.ts";
export type { CivilDate } from "./civil-days.ts";
export * from "./clearing.ts";
export { fieldsOfLeg, legIn, sumIn } from "./clearing-codecs.ts";
export * from "./clearing-messages.ts";
export * from "./contract-messages.ts";
export * from "./contract-terms.ts";
export * from "./custody.ts";
export * from "./custody-messages.ts";
export * from "./sweeps.ts";
export * from "./depth-checksum.ts";
export * from "./event-codec.ts";
export * from "./events.ts";
export { callIn, fieldsOfCall } from "./fails.ts";
export { failPermissionIn, fieldsOfFailPermission, isFailPermissionSound } from "./fails.ts";
export type { AssetUnits, DeliveriesAsked, DeliveryCall, DeliveryView } from "./fails.ts";
export type { FailPermission, OwingView } from "./fails.ts";
export * from "./feed.ts";
export * from "./fees.ts";
export * from "./frame-notes.ts";
export * from "./frame.ts";
export * from "./identifiers.ts";
export * from "./liquidation-messages.ts";
export * from "./margin.ts";
export * from "./margin-messages.ts";
export * from "./message-codec.ts";
export * from "./murmur.ts";
export * from "./invariants.ts";
export { fieldsOfInstructions, instructionsIn } from "./instruction-columns.ts";
export * from "./messages.ts";
export { fieldsOfTerms, termsIn, tradingTermsOf } from "./instrument-terms.ts";
export { fieldsOfOrder, orderIn } from "./nested-orders.ts";
export * from "./order-instructions.ts";
export * from "./order-terms.ts";
export { breakerLevelsMax } from "./ordinary-messages.ts";
export * from "./placement.ts";
export { Fields } from "./record-fields.ts";
export * from "./recent-names.ts";
export * from "./records.ts";
export * from "./reject-reasons.ts";
export * from "./risk-limits.ts";
export * from "./risk-messages.ts";
export * from "./subjects.ts";
export * from "./trace-ids.ts";
export * from "./trading-calendar.ts";
export * from "./trading-terms.ts";
export * from "./units.ts";
export * from "./queries.ts";
