/** Why a contract could not be listed in this venue now, beside what instruments are held to. */
import { areContractTermsSound, contractLimits, RejectReason } from "../../protocols/index.ts";
import type { ContractTerms, InstrumentTerms } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";

/** An instrument that is a contract. */
export type ContractInstrument = InstrumentTerms & { readonly contract: ContractTerms };

export function isContract(terms: InstrumentTerms): terms is ContractInstrument {
  return terms.contract !== undefined;
}

export function whyNotContract(
  terms: ContractInstrument,
  { venue, timeUs }: Pick<ActorContext, "venue" | "timeUs">,
): RejectReason {
  const { contract, quoteUnitsPerTickLot } = terms;
  const isSound =
    areContractTermsSound(contract) &&
    quoteUnitsPerTickLot <= contractLimits.quoteUnitsPerTickLotMax;
  if (!isSound) return RejectReason["contract-terms-invalid"];
  const { expiresAtUs, indexSymbol } = contract;
  if (indexSymbol !== "" && !isIndexFor(terms, venue.instrument(indexSymbol))) {
    return RejectReason["price-source-other"];
  }
  const isOver = expiresAtUs !== 0 && expiresAtUs <= timeUs;
  return isOver ? RejectReason["contract-expired"] : RejectReason.none;
}

/** Its price is the contract's index as it is: in ticks and lots of the same size. */
function isIndexFor(terms: InstrumentTerms, index: InstrumentTerms | undefined): boolean {
  return (
    index !== undefined &&
    index.contract === undefined &&
    index.quote === terms.quote &&
    index.baseUnitsPerLot === terms.baseUnitsPerLot &&
    index.quoteUnitsPerTickLot === terms.quoteUnitsPerTickLot
  );
}
