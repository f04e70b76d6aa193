/**
 * Text that is drawn again in its place on a terminal; elsewhere, one text after the other.
 */
import { stripVTControlCharacters } from "node:util";

const escape = "\u001b";
/** More often nobody can read it. */
const drawEveryMs = 80;

export class LiveScreen {
  readonly #render: () => string;
  #linesDrawn = 0;
  #drawn = "";
  #isDue = false;

  constructor(render: () => string) {
    this.#render = render;
  }

  /** What is shown has changed; draws soon. */
  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#draw();
    }, drawEveryMs);
  }

  #draw(): void {
    const text = this.#render();
    if (text === this.#drawn) return;
    const { isTTY } = process.stdout;
    const { columns } = screenSize();
    const back = isTTY && this.#linesDrawn > 0 ? `${escape}[${this.#linesDrawn}A${escape}[J` : "";
    process.stdout.write(`${back}${text}\n`);
    this.#drawn = text;
    this.#linesDrawn = text.split("\n").reduce((sum, line) => sum + rowsOf(line, columns), 0);
  }
}

/** A terminal that does not know its size says 0. */
export function screenSize(): { readonly rows: number; readonly columns: number } {
  const { rows, columns } = process.stdout;
  return { rows: rows || 24, columns: columns || 80 };
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns));
}
