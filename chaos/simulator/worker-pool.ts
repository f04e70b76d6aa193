/**
 * Runs simulations on several processes at a time, and hands over each result as it comes.
 *
 * A world that hangs its process, or ends it, is a failure of that seed like any other.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SimulationOptions, SimulationResult } from "./simulation.ts";

export interface PoolOptions {
  readonly workers: number;
  /** Further variables of their environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Modules that they load before anything else. */
  readonly preloaded?: readonly string[];
  /** After so long in real time a world counts as hung. */
  readonly hungAfterMs?: number;
}

/** What came of a seed; a worker that ended without a word has no more to tell. */
export type PoolResult =
  | SimulationResult
  | { readonly seed: number; readonly failure: NonNullable<SimulationResult["failure"]> };

const program = fileURLToPath(new URL("sim-worker.ts", import.meta.url));
const hungAfterMsDefault = 300_000;
/** Not a promise that a checker found broken: the machine may just be busy. */
export const hungPromise = "end";

/**
 * @param heard is told each result; what it gives says whether to go on
 */
export async function runSeeds(
  simulations: Iterable<SimulationOptions>,
  options: PoolOptions,
  heard: (result: PoolResult) => boolean,
): Promise<void> {
  const left = simulations[Symbol.iterator]();
  let isOver = false;
  const work = async (): Promise<void> => {
    let worker = startWorker(options);
    try {
      while (!isOver) {
        const next = left.next();
        if (next.done === true) return;
        const result = await ask(worker, next.value, options.hungAfterMs ?? hungAfterMsDefault);
        if (!isOver && !heard(result)) isOver = true;
        if (worker.connected) continue;
        worker = startWorker(options);
      }
    } finally {
      worker.kill("SIGKILL");
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
}

function startWorker({ environment = {}, preloaded = [] }: PoolOptions): ChildProcess {
  return fork(program, {
    env: { ...process.env, ...environment },
    execArgv: [
      "--disable-warning=ExperimentalWarning",
      ...preloaded.flatMap((path) => ["--import", path]),
    ],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

function ask(
  worker: ChildProcess,
  options: SimulationOptions,
  hungAfterMs: number,
): Promise<PoolResult> {
  return new Promise((resolve) => {
    const end = (result: PoolResult): void => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve(result);
    };
    const giveUp = (): void => {
      worker.kill("SIGKILL");
      worker.disconnect();
      const message = `no end after ${String(hungAfterMs / 1000)} s of real time`;
      end({ seed: options.seed, failure: { promise: hungPromise, message, stack: "" } });
    };
    const timer = setTimeout(giveUp, hungAfterMs);
    worker.on("message", (result: SimulationResult) => end(result));
    worker.on("exit", (code, signal) => {
      const message = `the worker ended with ${String(code ?? signal)}`;
      end({ seed: options.seed, failure: { promise: "defect", message, stack: "" } });
    });
    worker.send(options);
  });
}
