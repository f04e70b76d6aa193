/** The longest time between two moments that follow each other; 0 when there are none. */
export function longestGap(times: readonly number[]): number {
  return times.reduce((gap, at, index) => Math.max(gap, at - (times[index - 1] ?? at)), 0);
}
