/**
 * Control desk: where operators tell one engine node what to do, and hear what became of it.
 *
 * It is open for as long as the node runs, whatever its replicas do.
 */
import { clusterSubjects, MalformedRecords, pack, unpack } from "../protocols/index.ts";
import type { InstructionAnswer, NodeId, NodeInstruction } from "../protocols/index.ts";
import type { Bus, BusMessage, BusSubscription } from "./bus.ts";
import { ClusterFault } from "./faults.ts";
import { received } from "./received.ts";

export interface ControlDeskOptions {
  readonly node: NodeId;
  readonly bus: Bus;
  /** Rejects with a ClusterFault where it cannot be done. */
  readonly obey: (instruction: NodeInstruction) => Promise<InstructionAnswer>;
  /** Told of what was no instruction. */
  readonly report: (error: unknown) => void;
}

const instructions: ReadonlySet<unknown> = new Set<NodeInstruction>(["drain", "undrain"]);

export class ControlDesk {
  readonly #options: ControlDeskOptions;
  readonly #subscription: BusSubscription;

  constructor(options: ControlDeskOptions) {
    this.#options = options;
    const subject = clusterSubjects.control(options.node);
    this.#subscription = options.bus.subscribe(subject, (message) => void this.#hear(message));
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  async #hear({ payload, respond }: BusMessage): Promise<void> {
    const instruction = received(payload, instructionIn, this.#options.report);
    if (instruction === undefined) return;
    respond?.(pack(await this.#answer(instruction)));
  }

  async #answer(instruction: NodeInstruction): Promise<InstructionAnswer> {
    try {
      return await this.#options.obey(instruction);
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      return { ok: false, code: error.code, message: error.message };
    }
  }
}

function instructionIn(payload: Uint8Array): NodeInstruction {
  const instruction = unpack(payload);
  if (instructions.has(instruction)) return instruction as NodeInstruction;
  throw new MalformedRecords("not an instruction");
}
