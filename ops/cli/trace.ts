/** `outcry trace`: the life of an order, rebuilt from the logs alone. */
import { Command, Option } from "commander";
import { idKinds } from "../audit/trace-query.ts";
import type { IdKind } from "../audit/trace-query.ts";
import type { FoundTraces } from "../audit/trace-search.ts";
import { historySocketPath } from "../config/local-socket.ts";
import { entryProgressOn } from "./entry-progress.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, usageFault, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface TraceFlags extends CommonOptions {
  readonly kind?: IdKind;
  readonly account?: string;
  readonly otlp?: string;
}

export function command(): Command {
  const trace = new Command("trace")
    .description(
      "Rebuilds the life of an order from the logs alone, however old it is, and shows it as a waterfall.",
    )
    .argument("<id>", "an order id, a client order id or a trade id")
    .addOption(
      new Option(
        "--kind <kind>",
        "what the id is; unless told, an order's if there is such an order, else a client's, else a trade's",
      ).choices(idKinds),
    )
    .option("--account <account>", "only orders of this account")
    .option(
      "--otlp <url>",
      "send it to a receiver of OTLP over HTTP, such as http://localhost:4318/v1/traces",
    );
  return withCommonOptions(trace).action(async (id: string, flags: TraceFlags) => {
    if (flags.otlp !== undefined && !isAddress(flags.otlp)) {
      throw usageFault(`${flags.otlp} is no address such as http://localhost:4318/v1/traces`);
    }
    const cluster = findCluster(flags);
    const [{ withEngine }, { TraceSearch }, { ordersInHistory }] = await Promise.all([
      import("./engine-access.ts"),
      import("../audit/trace-search.ts"),
      import("../history/orders-of-id.ts"),
    ]);
    const found = await withEngine(cluster, async ({ wholeLogs }) => {
      const search = new TraceSearch({
        logs: wholeLogs,
        onProgress: entryProgressOn(process.stderr),
      });
      const socket = historySocketPath(cluster.directory.path);
      const hint = flags.kind === "order" ? [] : await ordersInHistory(socket, id);
      return await search.find({ ...flags, id }, hint);
    });
    if (found.traces.length === 0) {
      throw new CommandFault("no-such-order", `the logs tell of no order ${id}`);
    }
    const { kind, traces } = found;
    const text = await renderer(found);
    if (flags.otlp !== undefined) await send(flags.otlp, found);
    print(flags, { ok: true, kind, traces }, () => traces.map(text).join("\n\n"));
  });
}

function isAddress(url: string): boolean {
  return /^https?:$/.test(URL.parse(url)?.protocol ?? "");
}

/** Tells prices and quantities as people write them. */
async function renderer({
  venue,
}: FoundTraces): Promise<(trace: FoundTraces["traces"][number]) => string> {
  const [{ renderWaterfall }, { NaturalUnits }] = await Promise.all([
    import("../audit/waterfall.ts"),
    import("./natural-units.ts"),
  ]);
  const { directory } = venue;
  return (trace) =>
    renderWaterfall(trace, (symbol) => {
      const terms = directory.instrument(symbol);
      return terms === undefined
        ? { price: String, quantity: String }
        : new NaturalUnits(terms, directory.assets());
    });
}

async function send(url: string, { traces }: FoundTraces): Promise<void> {
  const { OtlpExport, OtlpRefused } = await import("../audit/otlp-export.ts");
  const receiver = new OtlpExport({ url });
  try {
    await receiver.send(
      traces.flatMap(({ traceId, spans }) => spans.map((span) => ({ traceId, span }))),
    );
  } catch (error) {
    if (!(error instanceof OtlpRefused)) throw error;
    throw new CommandFault("otlp-refused", `${url} did not take the spans: ${error.message}`);
  } finally {
    await receiver.close();
  }
}
