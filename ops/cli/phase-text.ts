/** What goes on in a market, for people: nothing to say while it trades as usual. */
import type { DepthReply } from "../../protocols/api/replies.ts";
import { paint } from "./output.ts";

export type MarketState = Pick<DepthReply, "phase" | "isHalted">;

/** `VOLATILITY AUCTION`; undefined while trading is continuous and nobody has stopped it. */
export function phaseInCapitals({ phase, isHalted }: MarketState): string | undefined {
  if (phase === "continuous") return isHalted ? paint("red", "HALTED") : undefined;
  const text = wordsOf(phase).toUpperCase();
  if (!isHalted) return paint("yellow", text);
  // A halt of the whole venue leaves the phase as it is.
  const isStopped = phase === "halted" || phase === "cancelOnly";
  return paint("red", isStopped ? text : `${text}, HALTED`);
}

/** `volatilityAuction` is `volatility auction`. */
function wordsOf(phase: string): string {
  return phase.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}
