/** The detectors, by the rule that each of them looks for. */
import { CircularTrading } from "./circular-trading.ts";
import type { Detector, DetectorParts } from "./detector.ts";
import { Layering } from "./layering.ts";
import { MarkingTheClose } from "./marking-the-close.ts";
import { MomentumIgnition } from "./momentum-ignition.ts";
import { PrearrangedCrossings } from "./prearranged-crossings.ts";
import type { RuleName } from "./rule-parameters.ts";
import { Spoofing } from "./spoofing.ts";
import { WashTrades } from "./wash-trades.ts";

type Open = (parts: DetectorParts, state: never) => Detector;

/** Each goes on from a state that it had before, or from nothing. */
export const openDetector: Readonly<Record<RuleName, Open>> = {
  "wash-trade": (parts, state) => new WashTrades(parts, state),
  "circular-trading": (parts, state) => new CircularTrading(parts, state),
  "prearranged-crossing": (parts, state) => new PrearrangedCrossings(parts, state),
  spoofing: (parts, state) => new Spoofing(parts, state),
  layering: (parts, state) => new Layering(parts, state),
  "marking-the-close": (parts, state) => new MarkingTheClose(parts, state),
  "momentum-ignition": (parts, state) => new MomentumIgnition(parts, state),
};
