/** What participants owe and are owed on a date, summed over their accounts and over rounds. */
import type { ParticipantNet, Settlement } from "./clearing-requests.ts";

/** By date, participant and asset. */
export function participantNets(rounds: readonly Settlement[]): readonly ParticipantNet[] {
  const nets = new Map<string, ParticipantNet>();
  for (const { date, obligations } of rounds) {
    for (const { participant, asset, deliver, receive } of obligations) {
      const key = `${date} ${participant} ${asset}`;
      const before = nets.get(key);
      const delivers = BigInt(before?.deliver ?? 0) + BigInt(deliver);
      const receives = BigInt(before?.receive ?? 0) + BigInt(receive);
      nets.set(key, {
        ...{ date, participant, asset, deliver: String(delivers), receive: String(receives) },
        net: String(receives - delivers),
      });
    }
  }
  return [...nets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, net]) => net);
}
