/**
 * Who wants to be called when log time reaches a moment: the earliest first, at one moment in the
 * order in which they asked.
 *
 * Nobody takes a wish back: whoever is called looks whether there is still something to do.
 */
import type { TimeUs } from "../protocols/index.ts";
import { PriorityHeap } from "./priority-heap.ts";

interface DueTime<Subject> {
  readonly atUs: TimeUs;
  /** Counts the wishes. */
  readonly number: number;
  readonly subject: Subject;
}

export class DueTimes<Subject> {
  readonly #heap = new PriorityHeap<DueTime<Subject>>((a, b) =>
    a.atUs === b.atUs ? a.number < b.number : a.atUs < b.atUs,
  );
  #count = 0;

  add(atUs: TimeUs, subject: Subject): void {
    this.#count += 1;
    this.#heap.add({ atUs, number: this.#count, subject });
  }

  /** Takes the earliest one whose moment has come; undefined when there is none. */
  takeDue(timeUs: TimeUs): Subject | undefined {
    const { first } = this.#heap;
    if (first === undefined || first.atUs > timeUs) return undefined;
    this.#heap.removeFirst();
    return first.subject;
  }
}
