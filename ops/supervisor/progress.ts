/**
 * Tells a person what a start is doing and how long each step took, one line each.
 *
 * A step's line is begun when the step begins and ended when it is done, so that one sees what is
 * being waited for. Text in, text out: where it goes is the caller's business.
 */

export class Progress {
  readonly #write: (text: string) => void;
  readonly #nowMs: () => number;
  readonly #startedAtMs: number;
  /** A step's line has no end yet. */
  #isOpen = false;

  constructor(write: (text: string) => void, nowMs: () => number = () => performance.now()) {
    this.#write = write;
    this.#nowMs = nowMs;
    this.#startedAtMs = nowMs();
  }

  /** Seconds since the start, for people. */
  get elapsed(): string {
    return this.#since(this.#startedAtMs);
  }

  async step<Result>(name: string, action: () => Promise<Result>): Promise<Result> {
    const startedAtMs = this.#nowMs();
    this.#write(`${name.padEnd(nameWidth)} `);
    this.#isOpen = true;
    try {
      const result = await action();
      this.#end(this.#since(startedAtMs));
      return result;
    } catch (error) {
      this.#end("failed");
      throw error;
    }
  }

  /** A line of its own. */
  say(line: string): void {
    if (this.#isOpen) this.#write("\n");
    this.#write(`${line}\n`);
    this.#isOpen = false;
  }

  #end(how: string): void {
    // When something was said meanwhile, the step's line is far above.
    this.#write(this.#isOpen ? `${how}\n` : `${"".padEnd(nameWidth)} ${how}\n`);
    this.#isOpen = false;
  }

  #since(startedAtMs: number): string {
    return `${((this.#nowMs() - startedAtMs) / 1000).toFixed(1)} s`;
  }
}

const nameWidth = 44;
