/** `outcry fees`: what accounts pay for trading, and who sets it. */
import { Argument, Command, InvalidArgumentError } from "commander";
import type { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import type { FeeScheduleTerms } from "../../protocols/api/fee-requests.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { feePreviewText, ratesText, renderSchedules } from "./fee-text.ts";
import { scheduleIn } from "./fee-schedule-file.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { withAccountOptions } from "./options.ts";
import { print, usageFault } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("fees")
    .description("Tells what accounts pay for trading, and sets it.")
    .addCommand(showCommand())
    .addCommand(previewCommand())
    .addCommand(setCommand())
    .addCommand(removeCommand())
    .addCommand(accountCommand());
}

function showCommand(): Command {
  const show = new Command("show").description(
    "Lists the fee schedules. What is under none of them pays what its instrument asks.",
  );
  return withAccountOptions(show).action(async (options: AccountOptions) => {
    const { withAccount, termsOf } = await access();
    await withAccount(options, async (client: OutcryClient) => {
      const [schedules, terms] = await Promise.all([client.feeSchedules(), termsOf(client)]);
      print(options, { ok: true, schedules }, () => renderSchedules(schedules, terms));
    });
  });
}

function previewCommand(): Command {
  const preview = new Command("preview")
    .description(
      "Tells what an order would pay, and what would be reserved for it: " +
        "./outcry fees preview BTC-USDT buy 0.5 65000",
    )
    .argument("<symbol>", "the instrument")
    .addArgument(new Argument("<side>", "what it does").choices(["buy", "sell"]))
    .argument("<quantity>", "how much")
    .argument("<price>", "at which price");
  return withAccountOptions(preview).action(async (...args) => {
    const [symbol, side, quantity, price, options] = args as [
      ...[symbol: string, side: "buy" | "sell", quantity: string, price: string],
      AccountOptions,
    ];
    const { withAccount, unitsOfSymbol, termsOf } = await access();
    await withAccount(options, async (client: OutcryClient) => {
      const units = await unitsOfSymbol(client, symbol);
      const asked = { price: units.ticksOf(price), quantity: units.lotsOf(quantity) };
      const [fees, { assets }] = await Promise.all([
        client.fees({ symbol, side, ...asked }),
        termsOf(client),
      ]);
      const order = { side, quantity, price, instrument: units.instrument };
      print(options, fees, () => feePreviewText(fees, order, assets));
    });
  });
}

interface SetOptions extends InterventionOptions {
  readonly file: string;
}

function setCommand(): Command {
  const set = new Command("set")
    .description(
      "Sets a schedule for orders that are placed from now on: ./outcry fees set spot --file spot.json " +
        "--reason 'as published'",
    )
    .argument("<schedule>", "its name")
    .requiredOption(
      "--file <file>",
      "JSON: symbols, minimum, and tiers with volume, makerPpm, takerPpm; amounts as people write them",
    );
  return withApprovals(withReason(set)).action(async (schedule: string, options: SetOptions) => {
    const { termsOf } = await access();
    await ask(options, async (admin) =>
      scheduleIn({ schedule, file: options.file }, await termsOf(admin)),
    );
  });
}

function removeCommand(): Command {
  const remove = new Command("remove")
    .description("Does away with a schedule: its instruments ask what they did before.")
    .argument("<schedule>", "its name");
  return withApprovals(withReason(remove)).action(
    async (schedule: string, options: InterventionOptions) => {
      const nothing = { schedule, symbols: [], minimum: "0", tiers: [] };
      await ask(options, () => Promise.resolve(nothing));
    },
  );
}

async function ask(
  options: InterventionOptions,
  termsFor: (admin: AdminClient) => Promise<FeeScheduleTerms>,
): Promise<void> {
  const { withAdmin, accepted } = await access();
  const act = async (admin: AdminClient) => {
    const terms = await termsFor(admin);
    const body = { ...terms, reason: options.reason };
    if (await isProposed(admin, { options, request: "fees.setSchedule", body })) return;
    accepted(await admin.setFeeSchedule({ ...body, ...approvalsIn(options) }));
    const isOver = terms.symbols.length === 0;
    print(options, { ok: true, schedule: terms }, () =>
      isOver ? `${terms.schedule} is over` : `${terms.schedule} holds from now on`,
    );
  };
  await withAdmin(findCluster(options), act, options);
}

interface AccountFeeOptions extends InterventionOptions {
  readonly symbol?: string;
  readonly maker?: number;
  readonly taker?: number;
  readonly none?: boolean;
}

function accountCommand(): Command {
  const account = new Command("account")
    .description("Gives an account rates of its own, or takes them back.")
    .argument("<account>", "whose")
    .option("--symbol <symbol>", "for one instrument (default: for all that have none)")
    .option("--maker <ppm>", "for orders that rest, in parts of a million; may be negative", ppm)
    .option("--taker <ppm>", "for orders that come in, in parts of a million", ppm)
    .option("--none", "take them back");
  return withApprovals(withReason(account)).action(
    async (name: string, options: AccountFeeOptions) => {
      const { symbol, reason } = options;
      const rates = ratesIn(options);
      const { withAdmin, accepted } = await access();
      const act = async (admin: AdminClient) => {
        const body = {
          account: name,
          ...(symbol !== undefined && { symbol }),
          ...(rates !== undefined && { rates }),
          reason,
        };
        if (await isProposed(admin, { options, request: "fees.setAccount", body })) return;
        accepted(await admin.setAccountFees({ ...body, ...approvalsIn(options) }));
        print(
          options,
          { ok: true, account: name, symbol: symbol ?? null, rates: rates ?? null },
          () =>
            rates === undefined
              ? `${name} has no rates of its own for ${symbol ?? "all instruments"} any more`
              : `${name} pays ${ratesText(rates)} for ${symbol ?? "all instruments"} from now on`,
        );
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

function ratesIn({ maker, taker, none }: AccountFeeOptions) {
  if (none === true) {
    if (maker === undefined && taker === undefined) return undefined;
    throw usageFault("--none goes without --maker and --taker");
  }
  if (maker === undefined || taker === undefined) {
    throw usageFault("say --maker and --taker, or --none");
  }
  return { makerPpm: maker, takerPpm: taker };
}

function ppm(text: string): number {
  if (/^-?[0-9]{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number of millionths.");
}
