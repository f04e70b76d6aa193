/**
 * One set-up at a time: a folder that exists while someone holds it, touched every second, so that
 * the lock of a process that was killed is recognised by its age and taken over.
 */
import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isSystemError } from "./command.mjs";

const heartbeatMs = 1_000;
const staleAfterMs = 10_000;
const retryMs = 100;

/**
 * Runs the action while holding the lock; `onWait` is called once if someone else holds it.
 *
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} action
 * @param {() => void} [onWait]
 * @returns {Promise<T>}
 */
export async function withLock(path, action, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; !take(path); attempt += 1) {
    if (attempt === 0) onWait?.();
    await sleep(retryMs);
  }
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), heartbeatMs);
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    rmSync(path, { recursive: true, force: true });
  }
}

/** @param {string} path */
function take(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (!isSystemError(error) || error.code !== "EEXIST") throw error;
    clearIfStale(path);
    return false;
  }
}

/** @param {string} path */
function clearIfStale(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs < staleAfterMs) return;
    // Renaming succeeds for exactly one of those who see the stale lock at the same moment.
    const aside = `${path}.stale-${process.pid}`;
    renameSync(path, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    // The holder let go, or another waiter cleared it, between our looks.
    if (!isSystemError(error) || error.code !== "ENOENT") throw error;
  }
}
