/**
 * What is decided: the door of `actors/`.
 *
 * A shard applies log entries to its actors and says what follows. Synchronous, pure and the same
 * on every replica.
 */
export { isQuestionKind } from "./shard/shard-questions.ts";
export { Shard } from "./shard/shard.ts";
export type { Emitter, SavedShard } from "./shard/shard.ts";
export { compileMachine } from "./transition-table.ts";
export type { OutboundFrame, Step } from "./shard/step.ts";
