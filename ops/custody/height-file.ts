/** Up to which block all was told of, in a file. Were it lost, it would all be told again. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { replaceDurably } from "../../cluster/durable-file.ts";

export class HeightFile {
  readonly #path: string;
  #height: number;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const text = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
    this.#height = /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
  }

  get height(): number {
    return this.#height;
  }

  async keep(height: number): Promise<void> {
    if (height === this.#height) return;
    await replaceDurably(this.#path, [Buffer.from(`${String(height)}\n`)]);
    this.#height = height;
  }
}
