/** What a checker throws: which promise was broken, and how that shows. */
export class PromiseBroken extends Error {
  override readonly name = "PromiseBroken";
  /** The checker's word for it: `once`, `history`, `answers`, `money`, `market-data`, `liveness`. */
  readonly promise: string;

  constructor(promise: string, detail: string) {
    super(`${promise}: ${detail}`);
    this.promise = promise;
  }
}
