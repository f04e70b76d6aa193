/**
 * Those who follow the logs beside the cluster, each only where somebody wants it: a cluster has
 * one of each kind at most.
 *
 * They stand in the order in which they start, and their ports are by their places.
 */
export const logReaderKinds = [
  "referee",
  "auditor",
  "projector",
  "exporter",
  "surveillant",
] as const;

export type LogReaderKind = (typeof logReaderKinds)[number];

/** Whom a cluster has one of at most: they, and who speaks to it as a client does. */
export const singleKinds = [...logReaderKinds, "custodian"] as const;

export type SingleKind = (typeof singleKinds)[number];

export function isLogReader(kind: string): kind is LogReaderKind {
  return logReaderKinds.some((known) => known === kind);
}
