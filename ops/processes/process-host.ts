/**
 * What every process of a cluster does alike: says what happens, one JSON line each, stops when it
 * is told to, and stops when whoever started it is gone.
 *
 * The lines go to standard output, and to the supervisor over the channel that it started us with,
 * if it did. This is the outermost place: what nobody caught ends the process here.
 */
import { flushCompileCache } from "node:module";
import { InvariantViolation } from "../../protocols/assert.ts";
import { measureEventLoop } from "../telemetry/event-loop-delay.ts";
import { openProcessLog } from "../telemetry/process-log.ts";
import type { LoggedEvent } from "../telemetry/process-log.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import type { ProcessIdentity } from "../telemetry/telemetry.ts";

export type Tell = (event: LoggedEvent) => void;

/** What others should know of a process once it is ready. */
export type Ready = Readonly<Record<string, unknown>>;

/**
 * What ends all that was started, the last first. Whoever starts something defers its end at once:
 * a stop may come at any moment of the start, and does not wait for the rest of it.
 */
export type Undo = Pick<AsyncDisposableStack, "defer" | "disposed">;

/** A defect of ours: the process stops, the log is intact, and the next start replays it. */
const defectExitCode = 70;
const faultExitCode = 1;
/** A stop that takes longer than this will not come to an end. */
const stopTimeoutMs = 8000;

/** Opens what a process consists of; what it measures and is asked for goes to telemetry. */
export type Start = (tell: Tell, undo: Undo, telemetry: Telemetry) => Promise<Ready>;

/** Starts, and stops at SIGTERM, SIGINT, or when the supervisor's channel closes. */
export function hostProcess(identity: ProcessIdentity, start: Start): void {
  const { name } = identity;
  const tell = openProcessLog({
    process: name,
    write: (line) => {
      process.stdout.write(line);
      if (process.connected) process.send?.(JSON.parse(line), () => undefined);
    },
  });
  const fail = (error: unknown): void => {
    const isDefect = isViolation(error) || (error instanceof Error && isViolation(error.cause));
    tell({ kind: isDefect ? "invariant-violated" : "failed", level: "fatal", error });
    process.exit(isDefect ? defectExitCode : faultExitCode);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  // A reader that has gone away is no reason to stop.
  process.stdout.on("error", () => undefined);

  const undo = new AsyncDisposableStack();
  const telemetry = openTelemetry(identity, tell);
  const stop = (why: string): void => {
    if (undo.disposed) return;
    tell({ kind: "stopping", why });
    telemetry.health.stopping();
    setTimeout(() => fail(new Error("stopping takes too long")), stopTimeoutMs).unref();
    undo.disposeAsync().then(() => {
      tell({ kind: "stopped" });
      process.exit(0);
    }, fail);
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  process.on("disconnect", () => stop("the supervisor is gone"));
  tell({ kind: "starting" });
  start(tell, undo, telemetry).then(
    (ready) => {
      if (undo.disposed) return;
      telemetry.started();
      tell({ kind: "ready", ready: true, pid: process.pid, ...ready });
      // For the next start; a process that is killed would not come to it.
      flushCompileCache();
    },
    (error: unknown) => {
      // A start whose means are taken away comes to no good end.
      if (!undo.disposed) fail(error);
    },
  );
}

function openTelemetry(identity: ProcessIdentity, tell: Tell): Telemetry {
  const telemetry = new Telemetry(identity, {
    onListening: (url) => tell({ kind: "metrics-listening", url }),
    onUnavailable: (why) => tell({ kind: "metrics-unavailable", level: "error", why }),
    onFault: (error) => tell({ kind: "fault", level: "error", error }),
  });
  if (telemetry.isOn) measureEventLoop(telemetry);
  return telemetry;
}

function isViolation(error: unknown): boolean {
  return error instanceof InvariantViolation;
}
