/**
 * What a process says of itself at one moment: a sample of each metric for each set of labels.
 *
 * Whoever measures something counts in plain numbers and is asked for them here; nothing is kept
 * between two scrapes. Names, types and help texts are those of the catalogue.
 */
import { assert } from "../../protocols/assert.ts";
import { catalogue } from "./catalogue.ts";
import type { HistogramName, LabelsOf, PlainName } from "./catalogue.ts";
import type { Distribution } from "./distribution.ts";

export interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Reads out what somebody counts. What it waits for must come soon: a scraper waits with it. */
export type Source = (scrape: Scrape) => void | Promise<void>;

export class Scrape {
  readonly #samples = new Map<string, Sample[]>();

  /** Of the metrics that anything was said of, in the order of the catalogue. */
  get samples(): ReadonlyMap<string, readonly Sample[]> {
    const names = Object.keys(catalogue).filter((name) => this.#samples.has(name));
    return new Map(names.map((name) => [name, this.#samples.get(name) ?? []]));
  }

  /** A counter's sum since the process started, or a gauge's value now. */
  value<Name extends PlainName>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#add(name, { metricName: name, labels, value });
  }

  histogram<Name extends HistogramName>(
    name: Name,
    labels: LabelsOf<Name>,
    { bounds, counts, sum }: Pick<Distribution, "bounds" | "counts" | "sum">,
  ): void {
    assert(counts.length === bounds.length + 1, "a bucket for each bound, and one beyond");
    let total = 0;
    for (const [index, count] of counts.entries()) {
      total += count;
      const le = index < bounds.length ? String(bounds[index]) : "+Inf";
      const metricName = `${name}_bucket`;
      this.#add(name, { metricName, labels: { ...labels, le }, value: total });
    }
    this.#add(name, { metricName: `${name}_sum`, labels, value: sum });
    this.#add(name, { metricName: `${name}_count`, labels, value: total });
  }

  #add(name: string, sample: Sample): void {
    const samples = this.#samples.get(name) ?? [];
    samples.push(sample);
    this.#samples.set(name, samples);
  }
}
