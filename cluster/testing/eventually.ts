/**
 * Waiting in tests: for a condition, with a deadline, never for a time.
 */
import { setTimeout as delay } from "node:timers/promises";

export interface EventuallyOptions {
  /** Completes the sentence "gave up waiting until ..."; a function is asked at the deadline. */
  readonly what: string | (() => string);
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

/** Resolves as soon as the condition holds; rejects at the deadline, with the condition's error. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  options: EventuallyOptions,
): Promise<void> {
  const deadlineMs = options.deadlineMs ?? 30_000;
  const startedAtMs = performance.now();
  let lastError: unknown;
  for (;;) {
    try {
      if (await condition()) return;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() - startedAtMs > deadlineMs) break;
    await delay(options.everyMs ?? 5);
  }
  const what = typeof options.what === "string" ? options.what : options.what();
  throw new Error(`gave up after ${String(deadlineMs)} ms waiting until ${what}`, {
    cause: lastError,
  });
}
