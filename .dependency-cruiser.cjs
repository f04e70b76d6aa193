/**
 * Who may import whom. Type-only imports count too. Each rule speaks to the person who broke it,
 * and `ops/scripts/walls.test.ts` breaks each one to see that it holds.
 */
const forbid = (name, from, to, comment) => ({ name, comment, severity: "error", from, to });

const product = "^(protocols|actors|cluster|gateway|clients)/";
const ours = "^(protocols|actors|cluster|gateway|clients|ops|chaos)/";
const tests = "(\\.(test|fuzz|bench|conformance)\\.ts$|/testing/)";

module.exports = {
  forbidden: [
    forbid(
      "protocols-import-nothing-of-ours",
      { path: "^protocols/", pathNot: tests },
      { path: ours, pathNot: "^protocols/" },
      "A protocol is data. If it needs code from elsewhere, that code belongs in the caller.",
    ),
    forbid(
      "actors-import-protocols-only",
      { path: "^actors/", pathNot: tests },
      { path: ours, pathNot: "^(actors|protocols)/" },
      "Actors decide; they do not perform. Return an effect and let the cluster perform it.",
    ),
    forbid(
      "actors-are-pure",
      { path: "^(protocols|actors)/", pathNot: tests },
      { dependencyTypes: ["core"] },
      "No I/O below the cluster: nothing from node: here.",
    ),
    forbid(
      "only-adapters-touch-nats",
      { path: product, pathNot: ["^(cluster/jetstream-|gateway/nats/|clients/sdk/)", tests] },
      { path: "node_modules/@nats-io/" },
      "NATS is a detail of three adapters. Extend an interface instead.",
    ),
    forbid(
      "cluster-not-to-gateway",
      { path: "^cluster/", pathNot: tests },
      { path: "^(gateway|clients)/" },
      "The cluster does not know who is speaking.",
    ),
    forbid(
      "gateway-enters-by-client",
      { path: "^gateway/", pathNot: tests },
      { path: "^(actors|cluster)/", pathNot: "^cluster/client\\.ts$" },
      "The gateway talks to the cluster as any other client does.",
    ),
    forbid(
      "gateway-knows-no-clients",
      { path: "^gateway/", pathNot: tests },
      { path: "^clients/" },
      "The gateway serves whoever speaks the protocol; what both need belongs in protocols/.",
    ),
    forbid(
      "clients-speak-protocols-only",
      { path: "^clients/([^/]+)/", pathNot: ["^clients/agents/", tests] },
      { path: ours, pathNot: ["^protocols/", "^clients/$1/"] },
      "A client knows what is said and nothing of who answers; others must be able to copy it out.",
    ),
    forbid(
      "agents-trade-through-the-sdk",
      { path: "^clients/agents/", pathNot: tests },
      { path: ours, pathNot: ["^protocols/", "^clients/(agents|sdk)/"] },
      "An agent is an ordinary customer: it may use the SDK, and nothing behind the gateway.",
    ),
    forbid(
      "the-custodian-is-a-client",
      { path: "^ops/custody/", pathNot: tests },
      {
        path: ours,
        pathNot: [
          "^protocols/",
          "^clients/sdk/",
          "^ops/custody/",
          "^ops/config/local-socket\\.ts$",
          "^cluster/(durable-file|errno)\\.ts$",
        ],
      },
      "A custodian says what it sees by the SDK, and the log decides. It knows nothing of who answers.",
    ),
    forbid(
      "nobody-imports-the-edges",
      { path: product, pathNot: tests },
      { path: "^(ops|chaos)/" },
      "Product code must not know how it is run or broken.",
    ),
    forbid(
      "test-kit-stays-in-tests",
      { path: product, pathNot: tests },
      { path: "/testing/" },
      "Test helpers are not product code.",
    ),
    forbid(
      "no-circular",
      {},
      { circular: true },
      "A cycle means two files are one idea, or one idea is in the wrong file.",
    ),
    forbid(
      "everything-is-found",
      { path: ours },
      { couldNotResolve: true },
      "This import leads nowhere: a typing error, or a package missing from package.json.",
    ),
    forbid(
      "packages-are-declared",
      { path: ours },
      { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
      "This package is here by accident of another one. Declare it in package.json.",
    ),
    forbid(
      "product-runs-on-runtime-packages",
      { path: ours, pathNot: [tests, "^ops/(bench|mutation|scripts|setup)/"] },
      { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
      "A development package is absent where the product runs. Move it to dependencies.",
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(coverage|clients/web)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".json"],
    },
  },
};
