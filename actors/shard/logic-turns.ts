/**
 * When which version of its logic has its turn in a shard: from the log's beginning the one it was
 * formed with, and then one after the other. None is left out, so that what a version changes in
 * the state for the next one is always done.
 */
import type { LogicVersion, Message } from "../../protocols/index.ts";

/** What logs go by that were formed without a word of it. */
export const firstLogic: LogicVersion = 1;

export function isNextLogic(version: LogicVersion, present: LogicVersion): boolean {
  return version === present + 1;
}

export interface LogicTurn {
  readonly logic: LogicVersion;
  readonly isFormed: boolean;
}

/** The logic of a shard once it has heard these messages of a node. */
export function logicAfterMessages(messages: readonly Message[], turn: LogicTurn): LogicVersion {
  let { logic, isFormed } = turn;
  for (const message of messages) {
    if (message.kind === "form-shard" && !isFormed) {
      logic = message.logic ?? firstLogic;
      isFormed = true;
    }
    const activates = message.kind === "activate-logic" && isFormed;
    if (activates && isNextLogic(message.version, logic)) logic = message.version;
  }
  return logic;
}
