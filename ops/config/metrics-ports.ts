/**
 * Where the processes of a cluster tell of themselves: each has a port of its own, by its place.
 *
 * Of ten ports in a row the first is nobody's, so that e1 has one that ends as its name does:
 * engine nodes come first, then gateways, then those of whom there is one.
 */
import { firstMetricsPortOf, gatewayNames, nodeNames } from "./cluster-settings.ts";
import type { ClusterSettings } from "./data-directory.ts";
import { singleKinds } from "./log-readers.ts";
import type { SingleKind } from "./log-readers.ts";

export interface MetricsPorts {
  /** By name. */
  readonly engines: Readonly<Record<string, number>>;
  readonly gateways: Readonly<Record<string, number>>;
  readonly singles: Readonly<Record<SingleKind, number>>;
}

/** As many engine nodes, or gateways, as there may be. */
const placesInRow = 9;
const stride = placesInRow + 1;

export function metricsPortsOf(settings: ClusterSettings): MetricsPorts {
  const first = firstMetricsPortOf(settings);
  const inRow = (row: number, place: number): number => first + row * stride + place;
  const engines = enginePlaces(nodeNames(settings));
  const gateways = gatewayNames(settings.gateways);
  return {
    engines: Object.fromEntries(engines.map(([name, place]) => [name, inRow(0, place)])),
    gateways: Object.fromEntries(gateways.map((name, index) => [name, inRow(1, index + 1)])),
    singles: Object.fromEntries(
      singleKinds.map((name, index) => [name, inRow(2, index + 1)]),
    ) as Record<SingleKind, number>,
  };
}

/** The place that a name says, as e4 does, or else the first that is left over. */
function enginePlaces(names: readonly string[]): readonly (readonly [string, number])[] {
  const said = new Map(names.map((name) => [name, Number(/^e([1-9])$/.exec(name)?.[1] ?? 0)]));
  const free = Array.from({ length: placesInRow }, (_, index) => index + 1).filter(
    (place) => ![...said.values()].includes(place),
  );
  return names.map((name) => [name, said.get(name) || (free.shift() ?? 0)]);
}
