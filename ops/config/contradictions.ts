/** What a role's settings must be besides of their kind: said as it is to be put right. */
import { newestLogic } from "../../actors/logic-versions.ts";
import { isProducerId } from "../../protocols/identifiers.ts";
import { noDatabaseAddress, placeOfDatabase } from "./database-address.ts";
import { embeddedDatabase } from "./process-settings.ts";
import type { Known, ProcessRole } from "./setting-fields.ts";

interface Contradiction {
  /** The setting that it is about. */
  readonly setting: string;
  readonly message: string;
}

type Check = (known: Known) => Contradiction | undefined;

const checks: Readonly<Record<ProcessRole, readonly Check[]>> = {
  engine: [
    nameOf("node"),
    ({ emission }) =>
      unless(["chosen", "all"].includes(String(emission)), ["emission", "is chosen or all"]),
    ({ node, nodes }) =>
      unless(!Array.isArray(nodes) || nodes.includes(node), ["nodes", "does not name this node"]),
    ({ logicMax = 1 }) =>
      unless(Number(logicMax) <= newestLogic, [
        "logicMax",
        `is beyond the logic that there is: ${newestLogic}`,
      ]),
  ],
  gateway: [nameOf("gateway")],
  referee: [nameOf("referee")],
  projector: [
    nameOf("projector"),
    ({ database = embeddedDatabase }) =>
      unless(database === embeddedDatabase || placeOfDatabase(String(database)) !== undefined, [
        "database",
        noDatabaseAddress,
      ]),
  ],
  exporter: [nameOf("exporter")],
  surveillant: [nameOf("surveillant")],
  custodian: [nameOf("custodian")],
  auditor: [
    nameOf("auditor"),
    ({ perMille = 1 }) => unless(Number(perMille) <= 1000, ["perMille", "is 1000 at most"]),
    ({ otlp }) =>
      unless(typeof otlp !== "string" || /^https?:\/\/./.test(otlp), [
        "otlp",
        "is no address such as http://127.0.0.1:4318/v1/traces",
      ]),
  ],
};

export function contradictionsIn(role: ProcessRole, known: Known): readonly Contradiction[] {
  return [...checks[role], isPort].flatMap((check) => check(known) ?? []);
}

const portMax = 65_535;

function isPort({ metricsPort = 1 }: Known): Contradiction | undefined {
  return unless(Number(metricsPort) <= portMax, ["metricsPort", "is no port"]);
}

/** Names become tokens of subjects. */
function nameOf(setting: string): Check {
  return (known) => {
    const name = known[setting];
    const isName = typeof name !== "string" || isProducerId(name);
    return unless(isName, [setting, `is no name for a ${setting}: a to z, 0 to 9, and hyphens`]);
  };
}

function unless(
  isRight: boolean,
  [setting, is]: readonly [setting: string, is: string],
): Contradiction | undefined {
  return isRight ? undefined : { setting, message: `${setting} ${is}` };
}
