/**
 * A map that knows what it was asked for last: messages that follow one another are mostly for the
 * same few actors.
 */
export class RecentMap<Key, Value> extends Map<Key, Value> {
  #key: Key | undefined;
  #value: Value | undefined;

  override get(key: Key): Value | undefined {
    if (key === this.#key && this.#value !== undefined) return this.#value;
    const value = super.get(key);
    this.#key = key;
    this.#value = value;
    return value;
  }

  override set(key: Key, value: Value): this {
    this.#value = undefined;
    return super.set(key, value);
  }

  override delete(key: Key): boolean {
    this.#value = undefined;
    return super.delete(key);
  }

  override clear(): void {
    this.#value = undefined;
    super.clear();
  }
}
