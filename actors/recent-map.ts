/**
 * A map by names that knows what it was asked for lately: messages that follow one another are
 * mostly for the same few actors, and call them by the very same strings.
 */
import { placeOfName, recentNames } from "../protocols/index.ts";

export class RecentMap<Key extends string, Value> extends Map<Key, Value> {
  readonly #keys = new Array<Key | undefined>(recentNames).fill(undefined);
  readonly #values = new Array<Value | undefined>(recentNames).fill(undefined);

  override get(key: Key): Value | undefined {
    const place = placeOfName(key);
    if (this.#keys[place] === key) {
      const value = this.#values[place];
      if (value !== undefined) return value;
    }
    const value = super.get(key);
    this.#keys[place] = key;
    this.#values[place] = value;
    return value;
  }

  override set(key: Key, value: Value): this {
    this.#values[placeOfName(key)] = undefined;
    return super.set(key, value);
  }

  override delete(key: Key): boolean {
    this.#values[placeOfName(key)] = undefined;
    return super.delete(key);
  }

  override clear(): void {
    this.#values.fill(undefined);
    super.clear();
  }
}
