/** Administrators of tests, and approvals whose signatures nobody looks at: actors count them. */
import { signatureLength } from "../../protocols/index.ts";
import type { Approval, TimeUs } from "../../protocols/index.ts";

/** Each one that is made has a signature of its own. */
export class Approvers {
  #made = 0;

  approval(approver: string, untilUs: TimeUs): Approval {
    this.#made += 1;
    const signature = new Uint8Array(signatureLength);
    new DataView(signature.buffer).setUint32(0, this.#made);
    return { approver, untilUs, token: "e30.e30.c2ln", signature };
  }
}
