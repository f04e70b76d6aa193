/** `docs/simulator.md`: what the simulator has been through and what it is able to find. */
import { PagePart } from "../report/page-part.ts";

/** Written by `./outcry sim --report`. */
export const totalsPart = new PagePart("simulator.md", "totals");
/** Written by `planted/hunt.ts --report`. */
export const plantedPart = new PagePart("simulator.md", "planted");
