/**
 * What is decided: the door of `actors/`.
 *
 * A shard applies log entries to its actors and says what follows. Synchronous, pure and the same
 * on every replica.
 */
export { Account } from "./account/account.ts";
export { isQuestionKind } from "./shard/shard-questions.ts";
export { Shard } from "./shard/shard.ts";
export type { Emitter, SavedShard } from "./shard/shard.ts";
export type { FrameVerdict } from "../protocols/index.ts";
export { compileMachine } from "./transition-table.ts";
export type { OutboundFrame, ShardEntry, Step } from "./shard/step.ts";
