/**
 * Writes `docs/protocols/state-machines.md`: a diagram and a table for each state machine, from the
 * machine itself. A test fails while the page is stale.
 *
 *   node ops/scripts/generate-machine-docs.ts
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import type { AnyStateMachine, AnyStateNode, StateValue } from "xstate";
import {
  orderLifecycleEvents,
  orderLifecycleMachine,
} from "../../actors/account/order-lifecycle.machine.ts";
import {
  obligationEvents,
  obligationLifecycleMachine,
} from "../../actors/clearing/obligation-lifecycle.machine.ts";
import {
  depositEvents,
  depositLifecycleMachine,
} from "../../actors/custody/deposit-lifecycle.machine.ts";
import {
  sweepEvents,
  sweepLifecycleMachine,
} from "../../actors/custody/sweep-lifecycle.machine.ts";
import {
  withdrawalEvents,
  withdrawalLifecycleMachine,
} from "../../actors/custody/withdrawal-lifecycle.machine.ts";
import {
  tradingPhaseEvents,
  tradingPhaseMachine,
} from "../../actors/market/trading-phase.machine.ts";
import { compileMachine } from "../../actors/transition-table.ts";
import type { TransitionTable } from "../../actors/transition-table.ts";
import { replicaPhaseEvents, replicaPhaseMachine } from "../../cluster/replica-phase.machine.ts";

export const machineDocsFile = new URL("../../docs/protocols/state-machines.md", import.meta.url);

interface DescribedMachine {
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly machine: AnyStateMachine;
  readonly events: readonly string[];
}

/** Every machine there is. */
export const describedMachines: readonly DescribedMachine[] = [
  {
    title: "Trading phases",
    summary:
      "The calendar leads an instrument through its day, and price controls and administrators " +
      "interrupt it.",
    file: "actors/market/trading-phase.machine.ts",
    machine: tradingPhaseMachine,
    events: tradingPhaseEvents,
  },
  {
    title: "The life of an order",
    summary:
      "While an order works, what the book has done with it and whether a change to it is under " +
      "way go on side by side.",
    file: "actors/account/order-lifecycle.machine.ts",
    machine: orderLifecycleMachine,
    events: orderLifecycleEvents,
  },
  {
    title: "The life of a withdrawal",
    summary:
      "What is asked for can be given back until sending it begins; from there on only its chain " +
      "says how it ends.",
    file: "actors/custody/withdrawal-lifecycle.machine.ts",
    machine: withdrawalLifecycleMachine,
    events: withdrawalEvents,
  },
  {
    title: "The life of a deposit",
    summary:
      "What a chain shows is credited once it lies deep enough, and stays credited whatever the " +
      "chain does then.",
    file: "actors/custody/deposit-lifecycle.machine.ts",
    machine: depositLifecycleMachine,
    events: depositEvents,
  },
  {
    title: "The life of a sweep",
    summary:
      "What is to be moved between wallets is dropped or voided until sending it begins; from there on " +
      "only its chain says how it ends.",
    file: "actors/custody/sweep-lifecycle.machine.ts",
    machine: sweepLifecycleMachine,
    events: sweepEvents,
  },
  {
    title: "The life of an obligation",
    summary:
      "What an account owes and is owed in a round of settlement grows until the cut-off, and is " +
      "settled with all others of the round.",
    file: "actors/clearing/obligation-lifecycle.machine.ts",
    machine: obligationLifecycleMachine,
    events: obligationEvents,
  },
  {
    title: "The phases of a replica",
    summary:
      "A replica loads a snapshot, catches up with the log and follows it, and one at a time " +
      "sends its outputs.",
    file: "cluster/replica-phase.machine.ts",
    machine: replicaPhaseMachine,
    events: replicaPhaseEvents,
  },
];

/** The page as it should stand. */
export async function generateMachineDocs(): Promise<string> {
  const page = [
    "# State machines",
    "_This page is generated from the machines that the code runs by: " +
      "`ops/scripts/generate-machine-docs.ts`._",
    "States that go on side by side are joined by a plus. What is in no row is no transition: " +
      "whoever lives by the machine refuses the event, or passes over it.",
    ...describedMachines.map(machineSection),
  ].join("\n\n");
  return format(page, { parser: "markdown", printWidth: 100 });
}

function machineSection({ title, summary, file, machine, events }: DescribedMachine): string {
  return [
    `## ${title}`,
    summary,
    `From \`${file}\`:`,
    `\`\`\`mermaid\n${diagramOf(machine)}\n\`\`\``,
    transitionsOf(compileMachine(machine, events)),
  ].join("\n\n");
}

// ---- Diagram -------------------------------------------------------------------------------

/** A machine as a Mermaid state diagram. */
export function diagramOf(machine: AnyStateMachine): string {
  return ["stateDiagram-v2", ...insideOf(machine.root).map(indented)].join("\n");
}

/** What stands between the braces of a state that has others in it. */
function insideOf(node: AnyStateNode): string[] {
  const children = childrenOf(node);
  if (node.type === "parallel") return regionsOf(children);
  const initial = node.initial.target.map(({ key }) => `[*] --> ${key}`);
  const states = children.flatMap(stateLines);
  // An arrow belongs to the innermost state that both its ends are in: Mermaid would take an end it
  // has not met for a new state of the one that the arrow stands in.
  const arrows = descendantsOf(node).flatMap((source) => arrowsWithin(node, source));
  const ends = children.filter(({ type }) => type === "final").map(({ key }) => `${key} --> [*]`);
  return [...initial, ...states, ...arrows, ...ends];
}

function regionsOf(regions: readonly AnyStateNode[]): string[] {
  return regions.flatMap((region, at) =>
    at === 0 ? stateLines(region) : ["--", ...stateLines(region)],
  );
}

function stateLines(node: AnyStateNode): string[] {
  if (childrenOf(node).length === 0) return [];
  return [`state ${node.key} {`, ...insideOf(node).map(indented), "}"];
}

/** The arrows from one state to those that have no nearer state in common with it than `node`. */
function arrowsWithin(node: AnyStateNode, source: AnyStateNode): string[] {
  const eventsByTarget = new Map<string, string[]>();
  for (const { event, target } of leavingTransitions(source)) {
    if (nearestCommon(source, target) !== node) continue;
    const events = eventsByTarget.get(target.key) ?? [];
    eventsByTarget.set(target.key, [...events, event]);
  }
  return [...eventsByTarget].map(
    ([target, events]) => `${source.key} --> ${target}: ${events.join(", ")}`,
  );
}

function leavingTransitions(
  source: AnyStateNode,
): readonly { readonly event: string; readonly target: AnyStateNode }[] {
  return [...source.transitions].flatMap(([event, transitions]) =>
    transitions.flatMap(({ target = [] }) =>
      target.map((node) => ({ event, target: node as AnyStateNode })),
    ),
  );
}

/** The innermost state that two states are in; for a state and itself, the one it is in. */
function nearestCommon(a: AnyStateNode, b: AnyStateNode): AnyStateNode | undefined {
  const around = new Set(ancestorsOf(b));
  return ancestorsOf(a).find((node) => around.has(node));
}

/** Innermost first. */
function ancestorsOf({ parent }: AnyStateNode): AnyStateNode[] {
  return parent === undefined ? [] : [parent, ...ancestorsOf(parent)];
}

function descendantsOf(node: AnyStateNode): AnyStateNode[] {
  return childrenOf(node).flatMap((child) => [child, ...descendantsOf(child)]);
}

function childrenOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states) as AnyStateNode[];
}

function indented(line: string): string {
  return `  ${line}`;
}

// ---- Table ---------------------------------------------------------------------------------

function transitionsOf(table: TransitionTable<string>): string {
  const rows = Array.from({ length: table.stateCount }, (_, state) =>
    table.events
      .filter((event) => table.accepts(state, table.column(event)))
      .map((event) => {
        const next = table.after(state, table.column(event));
        return `| ${labelOf(table, state)} | \`${event}\` | ${labelOf(table, next)} |`;
      }),
  ).flat();
  return ["| State | Event | Next |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The innermost states of a state's value: `new + replacing`. */
function labelOf(table: TransitionTable<string>, state: number): string {
  const leaves = (value: StateValue): string[] =>
    typeof value === "string"
      ? [value]
      : Object.values(value).flatMap((inner) => (inner === undefined ? [] : leaves(inner)));
  return leaves(JSON.parse(table.nameOf(state)) as StateValue).join(" + ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(machineDocsFile, await generateMachineDocs());
}
