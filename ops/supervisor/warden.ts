/**
 * Ends what a supervisor started when the supervisor itself is gone, however that happened.
 *
 * A supervisor that was killed cannot stop its children. So a small process of its own stands by
 * (`warden-main.ts`), is told over its standard input who runs, and ends those that are left when
 * that closes.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodeCommand } from "./node-command.ts";

/** `early` ones use the `late` ones until their end. */
export type StopRound = "early" | "late";

const program = fileURLToPath(new URL("./warden-main.ts", import.meta.url));

export class Warden {
  readonly #wards = new Map<number, StopRound>();
  #guardian: ChildProcess | undefined;

  /** One that dies is replaced, and told everything again. */
  start(): void {
    const guardian = spawn(...nodeCommand(program), {
      // Away from our terminal: what ends us must not end it.
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#guardian = guardian;
    guardian.stdin.on("error", () => undefined);
    guardian.on("error", () => undefined);
    guardian.once("exit", () => {
      if (this.#guardian === guardian) this.start();
    });
    for (const [pid, round] of this.#wards) this.#tell(`+${pid} ${round}`);
  }

  watch(pid: number, round: StopRound): void {
    this.#wards.set(pid, round);
    this.#tell(`+${pid} ${round}`);
  }

  /** It has ended: its number may be somebody else's by now. */
  forget(pid: number): void {
    this.#wards.delete(pid);
    this.#tell(`-${pid}`);
  }

  /** Lets the warden end what is left, and resolves when that is done. */
  async release(): Promise<void> {
    const guardian = this.#guardian;
    this.#guardian = undefined;
    if (guardian === undefined || guardian.exitCode !== null || guardian.signalCode !== null)
      return;
    await new Promise<void>((resolve) => {
      guardian.once("exit", () => resolve());
      guardian.stdin?.end();
    });
  }

  #tell(line: string): void {
    this.#guardian?.stdin?.write(`${line}\n`);
  }
}
