/**
 * What work takes that nobody disturbs: several runs of the same are timed in pieces, and each
 * piece counts as its fastest. On a machine that is shared a whole run is hardly ever left alone, a
 * piece of a millisecond is. Pauses that come somewhere else in every run, as those of garbage
 * collection, count as disturbances too.
 *
 * @param times run after run, the pieces of each in the same order
 * @returns the sum over the pieces, in the unit of the times
 */
export function undisturbed(times: ArrayLike<number>, piecesPerRun: number): number {
  const fastest = new Float64Array(piecesPerRun).fill(Infinity);
  for (let at = 0; at < times.length; at += 1) {
    const piece = at % piecesPerRun;
    fastest[piece] = Math.min(fastest[piece]!, times[at]!);
  }
  return fastest.reduce((sum, time) => sum + time, 0);
}
