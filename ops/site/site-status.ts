/** How far a second site is behind the first, as it says itself. */
export interface SiteStatus {
  /** When this was so, in ISO 8601. */
  readonly at: string;
  /** Whether the first site answers. */
  readonly isLineUp: boolean;
  /** When it answered last. */
  readonly heardAt: string | null;
  /** What keeps something from being mirrored or archived; "" for nothing. */
  readonly problem: string;
  readonly shards: readonly ShardStatus[];
}

export interface ShardStatus {
  readonly shard: number;
  /** How many generations are mirrored. */
  readonly generations: number;
  /** The first site's last entry, as far as is known here. */
  readonly head: number;
  readonly mirroredTo: number;
  readonly archivedTo: number;
  readonly lagEntries: number;
  /** For how long something has been at the first site, or may have been, that is not here. */
  readonly lagMs: number;
  /** The most there was since it follows. */
  readonly lagMsMax: number;
}
