/**
 * The exchange as its users see it: by the SDK, with an account's or the administrator's
 * credentials.
 */
import { AdminClient, OutcryClient, OutcryFault, RequestRefused } from "../../clients/sdk/index.ts";
import type { AttemptTiming } from "../../clients/sdk/index.ts";
import { isAccountId } from "../../protocols/identifiers.ts";
import { RejectReason } from "../../protocols/reject-reasons.ts";
import { figureUnits } from "../../protocols/risk-limits.ts";
import type { ApiError, Asset, Instrument } from "../../protocols/api/replies.ts";
import { dataOption, readIfThere } from "../config/data-directory.ts";
import { demoAccount } from "../config/venue.ts";
import { administratorOf } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { credentialsFileOf } from "./credentials-file.ts";
import { NaturalUnits } from "./natural-units.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { findCluster, lineOf } from "./running-cluster.ts";

export interface AccountOptions extends CommonOptions {
  readonly account?: string;
}

/** Acts as an account, the demo account unless another is named. */
export async function withAccount<Result>(
  options: AccountOptions,
  action: (client: OutcryClient) => Promise<Result>,
): Promise<Result> {
  const cluster = findCluster(options);
  const account = options.account ?? demoAccount;
  if (!isAccountId(account)) {
    throw new CommandFault("usage", `${JSON.stringify(account)} is no account's name`);
  }
  const file = credentialsFileOf(cluster, account);
  const credentials = readIfThere(file);
  if (credentials === undefined) {
    throw new CommandFault(
      "no-credentials",
      `there are no credentials for account ${account} here (${file}): ./outcry account create ${account}` +
        dataOption(cluster.directory.path),
    );
  }
  return await withClient(action, () =>
    OutcryClient.connect({ ...line(cluster), account, credentials, name: `cli ${account}` }),
  );
}

export interface AdminAccess extends AdministratorChoice {
  readonly timing?: Partial<AttemptTiming>;
}

/** Acts as an administrator: the one of the cluster on this machine unless another is chosen. */
export async function withAdmin<Result>(
  cluster: RunningCluster,
  action: (client: AdminClient) => Promise<Result>,
  { timing, ...choice }: AdminAccess = {},
): Promise<Result> {
  const { administrator, credentials } = administratorOf(cluster.file, choice);
  return await withClient(action, () =>
    AdminClient.connect({
      ...line(cluster, timing),
      administrator,
      credentials,
      name: `cli ${administrator}`,
    }),
  );
}

export interface GatewayView {
  readonly answers: boolean;
  /** Instruments in which trading is halted, by a halt of their own or of the whole venue. */
  readonly halted: readonly string[];
}

/** What the gateways say at this moment; nobody is waited for long. */
export async function lookAtGateways(cluster: RunningCluster): Promise<GatewayView> {
  const timing = { attemptTimeoutMs: 1000, deadlineMs: 1500 };
  let answers = false;
  const halted: string[] = [];
  try {
    await withAdmin(
      cluster,
      async (admin) => {
        await admin.status();
        answers = true;
        const instruments = await admin.instruments();
        await Promise.all(
          instruments.map(async ({ symbol }) => {
            if ((await admin.depth({ symbol, levels: 1 })).isHalted) halted.push(symbol);
          }),
        );
      },
      { timing },
    );
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
  }
  return { answers, halted: halted.sort() };
}

/** What an instrument's prices and quantities mean. */
export async function unitsOfSymbol(
  client: OutcryClient | AdminClient,
  symbol: string,
): Promise<NaturalUnits> {
  const { instruments, assets } = await termsOf(client);
  const instrument = instruments.find((known) => known.symbol === symbol);
  if (instrument !== undefined) return new NaturalUnits(instrument, assets);
  throw instrumentUnknown(
    symbol,
    instruments.map((known) => known.symbol),
  );
}

export function instrumentUnknown(symbol: string, known: readonly string[]): CommandFault {
  const all = known.length === 0 ? "none is listed yet" : `there are ${known.join(", ")}`;
  return new CommandFault("instrument-unknown", `there is no instrument ${symbol}: ${all}`);
}

export async function termsOf(
  client: OutcryClient | AdminClient,
): Promise<{ instruments: readonly Instrument[]; assets: readonly Asset[] }> {
  const [instruments, assets] = await Promise.all([client.instruments(), client.assets()]);
  return { instruments, assets };
}

/**
 * The result, when the exchange did it; throws what it refused with, by name and number. Figures of
 * an instrument whose units are given are told in whole assets.
 */
export function accepted<Result extends { readonly ok: true } | Refused>(
  result: Result,
  units?: NaturalUnits,
): Extract<Result, { readonly ok: true }> {
  if (isDone(result)) return result;
  throw refusal(result as Refused, units);
}

function isDone<Result extends { readonly ok: boolean }>(
  result: Result,
): result is Extract<Result, { readonly ok: true }> {
  return result.ok;
}

interface Refused {
  readonly ok: false;
  readonly error: ApiError;
}

/** Of an order, the order as it is. */
interface Refusal extends Pick<Refused, "error"> {
  readonly order?: unknown;
}

/** By how much, where a limit of risk is the reason. */
export function figuresText({ figures }: Pick<ApiError, "figures">, units?: NaturalUnits): string {
  if (figures === undefined) return "";
  const { unit, natural } = figureUnitOf(figures.unit, units);
  const [limit, used, asked] = [figures.limit, figures.used, figures.asked].map(natural);
  return ` (limit ${limit ?? ""}, used ${used ?? ""}, asked ${asked ?? ""}, in ${unit})`;
}

/** Lots and units become whole assets where it is known of what. */
function figureUnitOf(unit: string, units: NaturalUnits | undefined) {
  if (units !== undefined && unit === "lots") {
    return { unit: units.instrument.base, natural: (lots: string) => units.quantity(lots) };
  }
  if (units !== undefined && unit === figureUnits[RejectReason["exposure-above-limit"]]) {
    return { unit: units.instrument.quote, natural: (value: string) => units.quoteAmount(value) };
  }
  return { unit, natural: (value: string) => value };
}

function refusal({ error, order }: Refusal, units?: NaturalUnits): CommandFault {
  const isForOthers = error.name === "approvals-missing";
  const hint = isForOthers ? " --propose FILE writes it down for them." : "";
  const field =
    error.field === undefined ? `${figuresText(error, units)}${hint}` : ` (${error.field})`;
  const details = { ...error, ...(order === undefined ? {} : { order }) };
  return new CommandFault(error.name, `${error.message}${field}`, { details });
}

function line(cluster: RunningCluster, timing: Partial<AttemptTiming> = { deadlineMs: 10_000 }) {
  const { servers, ca } = lineOf(cluster);
  return { servers, timing, ca: ca === undefined ? undefined : readIfThere(ca) };
}

async function withClient<Client extends { close(): Promise<void> }, Result>(
  action: (client: Client) => Promise<Result>,
  connect: () => Promise<Client>,
): Promise<Result> {
  let client: Client;
  try {
    client = await connect();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFault("not-reachable", `no nats-server of the cluster takes us: ${why}`);
  }
  try {
    return await action(client);
  } catch (error) {
    if (error instanceof RequestRefused) throw refusal({ error: error.error });
    if (error instanceof OutcryFault) throw new CommandFault(error.code, error.message);
    throw error;
  } finally {
    await client.close();
  }
}
