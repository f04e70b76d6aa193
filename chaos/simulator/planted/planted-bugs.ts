/**
 * Planted bugs: mistakes that somebody could make in our own code, each a small change of a source.
 * The simulator has to find every one of them, which shows what its silence is worth.
 *
 * What is looked for must stand in its file exactly once; a test sees to that.
 */

export interface PlantedBug {
  /** Kebab-case: what goes wrong. */
  readonly name: string;
  /** From the project's folder. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Its budget where that is another than usual: the seconds of virtual time that faults rage. */
  readonly seconds?: number;
  /** The same, and in how many worlds. */
  readonly worlds?: number;
  /** Further changes of the same file: where one net is under another, both must go. */
  readonly also?: readonly { readonly find: string; readonly replace: string }[];
}

export const plantedBugs: readonly PlantedBug[] = [
  // ---- Once and in turn: producers and their frames ------------------------------------------
  {
    name: "duplicate-frames-count-again",
    file: "actors/shard/producers.ts",
    find: 'if (frame <= turn.frame) return "duplicate";',
    replace: 'if (frame <= turn.frame) return "applied";',
  },
  {
    name: "gaps-between-frames-are-taken",
    file: "actors/shard/producers.ts",
    find: 'if (frame > turn.frame + 1) return "gap";',
    replace: "",
  },
  {
    name: "frames-of-an-older-start-are-taken",
    file: "actors/shard/producers.ts",
    find: 'if (epoch < turn.epoch) return "stale-epoch";',
    replace: 'if (epoch < turn.epoch) return "applied";',
  },
  {
    name: "turns-of-producers-are-not-saved",
    file: "actors/shard/producers.ts",
    find: "      producers.#turns.set(producer, { epoch, frame });\n    }\n    return producers;",
    replace: "      void [producer, epoch, frame];\n    }\n    return producers;",
  },
  {
    name: "late-frames-are-applied",
    file: "actors/shard/shard.ts",
    seconds: 120,
    find: "return expiresAtUs !== neverExpires && timeUs > expiresAtUs;",
    replace: "return expiresAtUs !== neverExpires && timeUs > expiresAtUs + 9e9;",
  },
  {
    name: "lost-frames-are-not-sent-again",
    file: "cluster/append-queue.ts",
    seconds: 120,
    find: "if (expected.storedAt <= atSequence) this.#goBackTo(expected);",
    replace: "",
    also: [
      {
        find: "if (this.#frames.has(queued.frame)) this.#next = Math.min(this.#next, queued.frame);",
        replace: "",
      },
      { find: "if (isDue && this.#mayAppend) this.#append(oldest);", replace: "" },
    ],
  },
  {
    name: "one-frame-too-many-is-dropped",
    file: "cluster/append-queue.ts",
    find: "while (this.#frames.size > 0 && this.#first < expectedFrame) {",
    replace: "while (this.#frames.size > 0 && this.#first <= expectedFrame) {",
  },
  {
    name: "judgements-are-not-asked-for",
    file: "cluster/append-queue.ts",
    find: "if (isDue && this.#mayAppend) this.#append(oldest);",
    replace: "",
  },
  {
    name: "answers-go-to-the-next-command",
    file: "cluster/frame-producer.ts",
    find: "const pending = this.#frames.get(frame)?.commands[index];",
    replace:
      "const all = this.#frames.get(frame)?.commands;\n    const pending = all?.[(index + 1) % all.length];",
  },
  {
    name: "answers-of-an-older-start-count",
    file: "cluster/frame-producer.ts",
    find: "    if (epoch !== this.#options.epoch) return;\n    const pending",
    replace: "    void epoch;\n    const pending",
  },
  {
    name: "unknown-is-told-as-busy",
    file: "cluster/frame-producer.ts",
    seconds: 120,
    find: 'this.#settle(pending, { kind: "unknown" });',
    replace: 'this.#settle(pending, { kind: "busy" });',
  },
  {
    name: "too-late-is-told-of-the-wrong-frame",
    file: "cluster/frame-producer.ts",
    find: "for (const pending of this.#frames.get(frame)?.commands ?? []) {",
    replace: "for (const pending of this.#frames.get(frame + 1)?.commands ?? []) {",
  },
  {
    name: "a-replaced-gateway-goes-on",
    file: "cluster/frame-producer.ts",
    find: "      this.close();\n      report?.(new ProducerReplaced(producer, shard, epoch));\n      return;",
    replace: "      void [producer, shard, report];\n      return;",
  },

  // ---- The log's lanes and tails -------------------------------------------------------------
  {
    name: "receipts-come-out-of-order",
    file: "cluster/jetstream-append-lane.ts",
    find: "if (oldest === undefined || oldest.storedAt <= this.#lastSequence) break;",
    replace: "if (oldest === undefined || oldest.storedAt === 0) break;",
  },
  {
    name: "refused-appends-are-not-tried-again",
    file: "cluster/jetstream-append-lane.ts",
    find: '    this.#state = "probing";\n    this.#wakeAfter(this.#retryMs());',
    replace: '    this.#state = "flowing";',
  },
  {
    name: "silence-is-not-noticed",
    file: "cluster/jetstream-append-lane.ts",
    find: "return leftMs >= 1 ? this.#wakeAfter(leftMs) : this.#probe();",
    replace: "return leftMs >= 1 ? this.#wakeAfter(leftMs) : this.#wakeAfter(1000);",
  },
  {
    name: "entries-are-skipped",
    file: "cluster/jetstream-tail.ts",
    find: "    } else if (entry.sequence > this.#next) {\n      this.#keepAhead(entry);",
    replace:
      "    } else if (entry.sequence > this.#next) {\n      this.#next = entry.sequence;\n      this.#makeReady(entry);",
  },
  {
    name: "entries-come-twice",
    file: "cluster/jetstream-tail.ts",
    find: "if (entry.sequence < this.#next) continue;",
    replace: "",
  },
  {
    name: "a-lost-last-entry-is-never-looked-for",
    file: "cluster/jetstream-tail.ts",
    find: "    if (waitMs < 1) {\n      this.#look();",
    replace: "    if (waitMs < 1) {",
  },
  {
    name: "a-gap-is-not-read",
    file: "cluster/jetstream-tail.ts",
    find: "      this.#keepAhead(entry);\n      this.#look();",
    replace: "      this.#keepAhead(entry);",
  },
  {
    name: "reading-ends-at-the-nearest-copy",
    file: "cluster/jetstream-tail.ts",
    find: "if (piece !== undefined && !piece.hasMore && !this.#isBehind) break;",
    replace: "if (piece !== undefined && !piece.hasMore) break;",
  },

  // ---- Replicas and who emits ----------------------------------------------------------------
  {
    name: "a-new-emitter-leaves-the-outboxes",
    file: "cluster/replica.ts",
    find: "    this.#outboxes.startEmitting();",
    replace: "",
  },
  {
    name: "nobody-claims",
    file: "cluster/replica.ts",
    find: "if (isOurs && !this.isDrained) claim(shard, emitter.epoch);",
    replace: "void [isOurs, claim];",
  },
  {
    name: "the-chosen-one-does-not-emit",
    file: "cluster/replica.ts",
    find: 'if (this.#isIn("following") && this.#isChosen) this.#becomeEmitter();',
    replace: 'if (this.#isIn("following") && this.#isChosen) void 0;',
  },
  {
    name: "replay-begins-one-entry-late",
    file: "cluster/replica.ts",
    find: "      this.sequence + 1,\n      (entries) => this.#applyAll(entries),",
    replace:
      "      this.sequence + (this.sequence > 0 ? 2 : 1),\n      (entries) => this.#applyAll(entries),",
  },
  {
    name: "the-state-of-a-snapshot-is-another-moments",
    file: "cluster/replica.ts",
    find: "new HashedShard(shard, { ...saved, logicMax })",
    replace: "new HashedShard(shard, { logicMax })",
  },
  {
    name: "owed-frames-are-not-restored",
    file: "cluster/replica.ts",
    find: "    this.#outboxes.restore(saved.owed);",
    replace: "",
  },
  {
    name: "a-deposed-emitter-goes-on",
    file: "cluster/replica.ts",
    find: 'this.#advance("replaced");',
    replace: 'if (this.sequence > 0) return;\n      this.#advance("replaced");',
  },
  {
    name: "memory-is-used-again-too-early",
    file: "cluster/replica.ts",
    find: "this.#history.sentUpTo(Math.min(this.#watch.told, sequence));",
    replace:
      "this.#memory.reuse(step);\n    this.#history.sentUpTo(Math.min(this.#watch.told, sequence));",
  },
  {
    name: "frames-leave-the-outbox-too-early",
    file: "cluster/outbox.ts",
    find: "this.#queue.heard(frames + 1, sequence);",
    replace: "this.#queue.heard(frames + 2, sequence);",
  },
  {
    name: "an-outbox-saves-nothing",
    file: "cluster/outbox.ts",
    find: "return [...this.#queue.frames()].map(({ frame, bytes }) => ({ shard, frame, bytes }));",
    replace: "void shard;\n    return [];",
  },
  {
    name: "ticks-are-never-appended",
    file: "cluster/tick-watch.ts",
    find: "    this.#tickedFrom = sequence;\n    return true;",
    replace: "    this.#tickedFrom = sequence;\n    return false;",
  },
  {
    name: "questions-are-answered-too-early",
    file: "cluster/question-desk.ts",
    find: "const isCurrent = await replica.applied(question.minSequence, patienceMs);",
    replace: "const isCurrent = await Promise.resolve(question.minSequence >= 0);",
  },
  {
    name: "what-was-seen-is-not-asked-for",
    file: "cluster/log-client.ts",
    find: "minSequence: this.#seen[shard] ?? 0 };",
    replace: "minSequence: 0 };",
  },

  // ---- Snapshots -----------------------------------------------------------------------------
  {
    name: "a-snapshot-is-named-one-too-high",
    file: "cluster/snapshotter.ts",
    find: "await store.save({ shard, sequence, bytes });",
    replace: "await store.save({ shard, sequence: sequence + 1, bytes });",
  },
  {
    name: "damaged-snapshots-are-believed",
    file: "cluster/replica-snapshot.ts",
    find: "  if (!isSameHash(hashOf(state), stateHash)) {",
    replace: "  if (stateHash.length === 0) {",
  },
  {
    name: "the-ids-of-orders-begin-anew",
    file: "actors/shard/step-context.ts",
    find: "this.#orderCount = state?.orderCount ?? 0;",
    replace: "this.#orderCount = 0;",
  },
  {
    name: "frames-to-others-begin-anew",
    file: "actors/shard/step-context.ts",
    find: "this.#framesSent = [...(state?.framesSent ?? this.#outboxes.map(() => 0))];",
    replace: "this.#framesSent = this.#outboxes.map(() => 0);",
  },
  {
    name: "moments-are-not-saved",
    file: "actors/shard/step-context.ts",
    find: "this.wakes.restore(state?.wakes ?? []);",
    replace: "",
  },
  {
    name: "the-time-of-the-log-is-not-saved",
    file: "actors/shard/shard.ts",
    find: "    this.#timeUs = saved.timeUs;",
    replace: "",
  },

  // ---- Determinism ---------------------------------------------------------------------------
  {
    name: "time-goes-back",
    file: "actors/shard/shard.ts",
    find: "this.#timeUs = Math.max(this.#timeUs, entry.timeUs);",
    replace: "this.#timeUs = entry.timeUs;",
  },
  {
    name: "chance-decides",
    file: "actors/shard/shard.ts",
    find: "this.#context.entropy = entry.entropy;",
    replace: "this.#context.entropy = Math.floor(Math.random() * 2 ** 32);",
  },
  {
    name: "a-replica-counts-its-own-way",
    file: "actors/shard/step-context.ts",
    find: "    this.#tradeCount += 1;",
    replace: "    this.#tradeCount += this.memoryFor === newMemory ? 1 : 2;",
  },

  // ---- Orders and money ----------------------------------------------------------------------
  {
    name: "names-of-orders-are-not-known-again",
    file: "actors/account/order-entry.ts",
    find: "    if (known !== undefined) {\n      this.placeAgain(known, command, { origin, context });\n      return;\n    }\n",
    replace: "    void known;\n",
  },
  {
    name: "a-refused-replace-is-done-later",
    file: "actors/account/change-requests.ts",
    find: "if (isInTurn && context.logic.usesUpRefusedRevisions) order.useUp(command, reason);",
    replace: "",
  },
  {
    name: "closed-orders-are-forgotten-at-once",
    file: "actors/account/known-orders.ts",
    find: "export const closedOrderRetentionUs: TimeUs = 60_000_000;",
    replace: "export const closedOrderRetentionUs: TimeUs = 1000;",
  },
  {
    name: "fees-vanish",
    file: "actors/ledger/ledger-account.ts",
    find: "    credit.#balance = add(credit.#balance, amount);",
    replace: '    if (code !== "fee") credit.#balance = add(credit.#balance, amount);',
  },
  {
    name: "too-much-is-paid-out",
    file: "actors/account/holdings.ts",
    find: "quote.receive(notional, fee);",
    replace: "quote.receive(notional, 0);",
  },
  {
    name: "what-is-left-over-stays-reserved",
    file: "actors/account/holdings.ts",
    find: "this.reserve(order, subtract(0, order.reserved));",
    replace: "order.reserved = subtract(order.reserved, order.reserved);",
  },

  // ---- Matching ------------------------------------------------------------------------------
  {
    name: "the-least-share-is-given-to-nobody",
    file: "actors/order-book/continuous-matching.ts",
    find: "const quantity = share < this.#rule.minimumAllocation ? 0 : share;",
    replace: "const quantity = share <= this.#rule.minimumAllocation ? 0 : share;",
  },
  {
    name: "the-second-in-line-trades-first",
    file: "actors/order-book/continuous-matching.ts",
    find: "for (let slot = levels.head[level]!; wanted > 0 && slot !== none; slot = levels.head[level]!) {",
    replace:
      "for (let slot = levels.head[level]!; wanted > 0 && slot !== none; slot = levels.head[level]!) {\n      if (orders.next[slot] !== none) slot = orders.next[slot]!;",
  },

  // ---- Planned work: drains, upgrades, and who sends -----------------------------------------
  {
    name: "undrained-nodes-claim-nothing",
    file: "cluster/engine-node.ts",
    find: "    this.#drain.end();",
    replace: "",
  },
  {
    name: "undrained-nodes-answer-nothing",
    file: "cluster/engine-node.ts",
    find: "      if (this.replica(shard).isServing) desk.open();\n    }\n  }",
    replace: "      void [shard, desk];\n    }\n  }",
  },
  {
    name: "the-logic-is-not-saved",
    file: "actors/shard/shard.ts",
    find: "    this.#logic = saved.version;",
    replace: "",
  },
  {
    name: "where-all-send-frames-stay",
    file: "cluster/replica.ts",
    find: "resendMargin)) this.#send(hashed);\n    this.#outboxes.startEmitting();",
    replace:
      "resendMargin)) this.#send(hashed);\n    if (!this.#doAllSend) this.#outboxes.startEmitting();",
  },

  // ---- Generations ---------------------------------------------------------------------------
  {
    name: "an-old-answer-closes-the-log",
    file: "cluster/jetstream-generations.ts",
    find: "    if (sealed !== this.#newest) return;",
    replace: "",
  },
  {
    name: "void-entries-are-applied",
    file: "cluster/log-generation.ts",
    find: "  return at === -1\n    ? { entries, isSealed: false }",
    replace: "  return at >= -1\n    ? { entries, isSealed: false }",
  },
  {
    name: "frames-behind-a-seal-are-not-appended-again",
    file: "cluster/append-queue.ts",
    find: "    if (oldest !== undefined) this.#goBackTo(oldest);",
    replace: "    void oldest;",
  },
  {
    name: "a-generation-begins-on-the-seal",
    file: "cluster/jetstream-generations.ts",
    find: ".ensure(sealed.seal + 1, deadlineMs);",
    replace: ".ensure(sealed.seal, deadlineMs);",
  },
  {
    name: "nobody-goes-on-from-a-seal-that-was-left",
    file: "cluster/jetstream-generations.ts",
    find: "isOverdue && this.#options.creates",
    replace: "isOverdue && !this.#options.creates",
  },

  // ---- Moves ---------------------------------------------------------------------------------
  {
    name: "who-moves-leaves-one-mark-too-early",
    file: "actors/shard/moves.ts",
    find: "if (this.#drained.size < this.#placement.shards - 1) return;",
    replace: "if (this.#drained.size < this.#placement.shards - 2) return;",
  },
  {
    name: "who-moves-arrives-one-mark-too-early",
    file: "actors/shard/moves.ts",
    worlds: 120,
    find: "this.#quiet.size < this.#placement.shards - 2",
    replace: "this.#quiet.size < this.#placement.shards - 3",
  },
  {
    name: "what-came-before-who-moves-is-dropped",
    file: "actors/shard/moves.ts",
    find: "this.#keeper.hear(held);",
    replace: "void held;",
  },
  {
    name: "a-witness-of-a-move-says-nothing",
    file: "actors/shard/moves.ts",
    find: "    this.#mark(to, ChannelMark.quiet, context);",
    replace: "    void [to, context];",
  },
  {
    name: "a-move-under-way-is-not-saved",
    file: "actors/shard/shard.ts",
    find: "if (saved.moves !== undefined) this.#moves.restore(saved.moves);",
    replace: "",
  },
  {
    name: "owed-answers-stay-with-who-moved",
    file: "actors/shard/step-context.ts",
    find: '    this.send({ kind: "forward-reply", shard, records: writer.finish() });',
    replace: "    void shard;\n    writer.finish();",
  },
  {
    name: "who-moves-is-forgotten-where-it-was",
    file: "cluster/log-client.ts",
    find: "if (elsewhere === undefined) return answer as Answer<Kind>;",
    replace: "return answer as Answer<Kind>;",
  },

  // ---- Which nodes there are -----------------------------------------------------------------
  {
    name: "the-nodes-are-not-saved",
    file: "actors/shard/engine-nodes.ts",
    find: "    this.#names = names;\n  }\n}",
    replace: "    void names;\n  }\n}",
  },
  {
    name: "an-emitter-that-is-removed-goes-on",
    file: "actors/shard/engine-nodes.ts",
    find: 'if (node !== "" && !names.includes(node)) this.claim(first, emitterEpoch);',
    replace: "void [first, node, emitterEpoch];",
  },

  // ---- Clients and gateways ------------------------------------------------------------------
  {
    name: "a-gap-in-the-feed-is-not-seen",
    file: "clients/sdk/joined-feed.ts",
    find: "if (message.first > this.#updateId + 1) {",
    replace: "if (message.first > this.#updateId + 1e9) {",
  },
  {
    name: "updates-are-applied-twice",
    file: "clients/sdk/joined-feed.ts",
    find: "if (message.last <= this.#updateId) return false;",
    replace: "",
  },
  {
    name: "what-came-during-the-join-is-lost",
    file: "clients/sdk/joined-feed.ts",
    find: 'if (this.#phase === "joining") this.#buffered.push(message);',
    replace: 'if (this.#phase === "joining") return;',
  },
  {
    name: "a-join-goes-over-a-gap",
    file: "clients/sdk/joined-feed.ts",
    find: "if (message.first > last + 1) return true;",
    replace: "",
  },
  {
    name: "no-answer-is-taken-for-no",
    file: "clients/sdk/order-sender.ts",
    find: '    if (answer.kind === "no-answer") {\n      for (const command of open) command.mayBeTaken = true;',
    replace: '    if (answer.kind === "no-answer") {',
  },
  {
    name: "only-what-was-asked-first-is-settled",
    file: "clients/sdk/order-sender.ts",
    find: "return open.filter((command, at) => !isSettled(command, replies[at]!, attempt));",
    replace: "return open.filter((command) => !isSettled(command, replies[0]!, attempt));",
  },
];

/** The source with the bug in it. Throws when a place is not there, or there twice. */
export function plantedIn(bug: PlantedBug, source: string): string {
  return [bug, ...(bug.also ?? [])].reduce((text, { find, replace }) => {
    const [before, after, ...more] = text.split(find);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`the place of the planted bug ${bug.name} is not there exactly once`);
    }
    return `${before}${replace}${after}`;
  }, source);
}
