/**
 * Kills whoever does something: after so many steps everything that it reaches for is gone. A step
 * is either end of a call, so what was asked for last may have been done, or not.
 */
export class Killed extends Error {
  override readonly name = "Killed";
}

export class Fate {
  #steps: number;

  constructor(steps: number) {
    this.#steps = steps;
  }

  /** The same, as long as it lives. */
  bind<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (of, name) => {
        const member: unknown = Reflect.get(of, name, of);
        if (typeof member !== "function") return member;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          this.#step();
          const answer = await (member.apply(of, args) as Promise<unknown>);
          this.#step();
          return answer;
        };
      },
    });
  }

  #step(): void {
    this.#steps -= 1;
    if (this.#steps < 0) throw new Killed("killed");
  }
}
