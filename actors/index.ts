/**
 * What is decided: the door of `actors/`.
 *
 * A shard applies log entries to its actors and says what follows. Synchronous, pure and the same
 * on every replica.
 */
export { newestLogic } from "./logic-versions.ts";
export { isQuestionKind } from "./shard/shard-questions.ts";
export { RefereedBooks } from "./referee/refereed-books.ts";
export type { TermsToReference } from "./referee/refereed-books.ts";
export { Shard } from "./shard/shard.ts";
export type { Emitter } from "./shard/engine-nodes.ts";
export type { SavedShard } from "./shard/shard.ts";
export { compileMachine } from "./transition-table.ts";
export type { OutboundFrame, Step } from "./shard/step.ts";
export type { FramePlace, StepWitness } from "./shard/witness.ts";
