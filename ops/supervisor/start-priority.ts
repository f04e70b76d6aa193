/**
 * A process that comes back keeps a processor busy for seconds, and others stand in for it: those
 * go first until it serves, too, and for a moment longer, in which its code is compiled as it goes.
 *
 * Linux shares processors among sessions before it shares them among a session's processes, so that
 * `nice` says nothing between processes that have a session each; a session's own weight does (see
 * sched(7), autogroup), and anybody may lower that of their own and raise it again. Where sessions
 * have none, all is as it would be without this. What it is worth: docs/decisions/0051-coming-back.md.
 */
import { writeFileSync } from "node:fs";
import { isErrno } from "../../cluster/errno.ts";

/** Against one that serves, about a tenth of a processor that both want. */
const nicenessWhileStarting = 10;
const coldMs = 5000;
/** The system takes ten such changes in a second from those without privileges. */
const retryMs = 150;

export class StartPriority {
  readonly #file: string;
  readonly #coldMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param pid a process that leads a session. */
  constructor(pid: number, { coldMs: ownColdMs = coldMs }: { readonly coldMs?: number } = {}) {
    this.#file = `/proc/${pid}/autogroup`;
    this.#coldMs = ownColdMs;
  }

  /** From now on others go first. */
  lower(): void {
    this.#set(nicenessWhileStarting);
  }

  /** Nobody else serves: there is nobody to let go first. */
  raise(): void {
    this.#set(0);
  }

  /** It serves: in a moment it is one of them. */
  restore(): void {
    this.#after(this.#coldMs, 0);
  }

  /** It is not there any more. */
  forget(): void {
    clearTimeout(this.#timer);
  }

  #set(niceness: number): void {
    clearTimeout(this.#timer);
    try {
      writeFileSync(this.#file, String(niceness));
    } catch (error) {
      if (!isErrno(error, "EAGAIN")) return;
      this.#after(retryMs, niceness);
    }
  }

  #after(ms: number, niceness: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#set(niceness), ms).unref();
  }
}
