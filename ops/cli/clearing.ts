/** `outcry clearing`: when trades are settled, what accounts owe until then, and rounds. */
import { Command, InvalidArgumentError } from "commander";
import type { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import type { SettlementCycleTerms } from "../../protocols/api/clearing-requests.ts";
import { withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { failsCommand } from "./clearing-fails.ts";
import { renderCycles, renderNets, renderObligations, renderSettlements } from "./clearing-text.ts";
import { participantNets } from "../../protocols/api/participant-nets.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { withAccountOptions } from "./options.ts";
import { print, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";
import { cycleIn } from "./settlement-cycle-file.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("clearing")
    .description("When trades are settled, what accounts owe until then, and rounds of settlement.")
    .addCommand(calendarCommand())
    .addCommand(obligationsCommand())
    .addCommand(settlementsCommand())
    .addCommand(netsCommand())
    .addCommand(failsCommand());
}

function calendarCommand(): Command {
  return new Command("calendar")
    .description("Settlement cycles: by how many days, until when, and on which days not.")
    .addCommand(showCommand())
    .addCommand(setCommand())
    .addCommand(removeCommand());
}

function showCommand(): Command {
  const show = new Command("show").description(
    "Lists the cycles. What is under none of them is settled as it is traded.",
  );
  return withAccountOptions(show).action(async (options: AccountOptions) => {
    const { withAccount } = await access();
    await withAccount(options, async (client: OutcryClient) => {
      const cycles = await client.settlementCycles();
      print(options, { ok: true, cycles }, () => renderCycles(cycles));
    });
  });
}

interface SetOptions extends InterventionOptions {
  readonly file: string;
}

function setCommand(): Command {
  const set = new Command("set")
    .description(
      "Sets a cycle for trades that are made from now on: ./outcry clearing calendar set spot " +
        "--file spot-cycle.json --reason 'as published'",
    )
    .argument("<cycle>", "its name")
    .requiredOption(
      "--file <file>",
      "JSON: symbols, days, cutOff as 16:00, offsetMinutes, weekend as Sat Sun, holidays as 2026-12-25",
    );
  return withApprovals(withReason(set)).action(async (cycle: string, options: SetOptions) => {
    await ask(options, await cycleIn(cycle, options.file));
  });
}

function removeCommand(): Command {
  const remove = new Command("remove")
    .description("Does away with a cycle: its instruments' trades are settled as they are made.")
    .argument("<cycle>", "its name");
  return withApprovals(withReason(remove)).action(
    async (cycle: string, options: InterventionOptions) => {
      const nothing = { days: 0, offsetMinutes: 0, cutOffMinute: 0, weekend: [], holidays: [] };
      await ask(options, { cycle, symbols: [], ...nothing });
    },
  );
}

async function ask(options: InterventionOptions, terms: SettlementCycleTerms): Promise<void> {
  const { withAdmin, accepted } = await access();
  const act = async (admin: AdminClient) => {
    const body = { ...terms, reason: options.reason };
    if (await isProposed(admin, { options, request: "clearing.setCycle", body })) return;
    accepted(await admin.setSettlementCycle({ ...body, ...approvalsIn(options) }));
    const isOver = terms.symbols.length === 0;
    print(options, { ok: true, cycle: terms }, () =>
      isOver ? `${terms.cycle} is over` : `${terms.cycle} holds from now on`,
    );
  };
  await withAdmin(findCluster(options), act, options);
}

function obligationsCommand(): Command {
  const obligations = new Command("obligations").description(
    "Tells what an account owes and is owed for trades that are not settled yet.",
  );
  return withAccountOptions(obligations).action(async (options: AccountOptions) => {
    const { withAccount } = await access();
    await withAccount(options, async (client: OutcryClient) => {
      const [obligations, assets] = await Promise.all([client.obligations(), client.assets()]);
      print(options, { ok: true, obligations }, () => renderObligations(obligations, assets));
    });
  });
}

interface AdministratorOptions extends CommonOptions, AdministratorChoice {}

function settlementsCommand(): Command {
  const settlements = new Command("settlements")
    .alias("settlement")
    .description("Tells the rounds of settlement: ./outcry clearing settlements 2026-12-28")
    .argument(
      "[date]",
      "of one date, with what accounts owe (default: those under way and the last 20)",
      date,
    );
  return withCommonOptions(withAdministratorOptions(settlements)).action(
    async (on: string | undefined, options: AdministratorOptions) => {
      const { withAdmin } = await access();
      const act = async (admin: AdminClient) => {
        const asked = on === undefined ? {} : { date: on };
        const [rounds, assets] = await Promise.all([admin.settlements(asked), admin.assets()]);
        const told = { settlements: rounds, participants: participantNets(rounds) };
        print(options, { ok: true, ...told }, () => renderSettlements(rounds, assets));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

function netsCommand(): Command {
  const nets = new Command("nets")
    .description(
      "Tells what participants owe and are owed on a date, over all their accounts: " +
        "./outcry clearing nets 2026-12-28",
    )
    .argument("<date>", "the settlement date", date);
  return withCommonOptions(withAdministratorOptions(nets)).action(
    async (on: string, options: AdministratorOptions) => {
      const { withAdmin } = await access();
      const act = async (admin: AdminClient) => {
        const [told, assets] = await Promise.all([admin.participantNets(on), admin.assets()]);
        print(options, { ok: true, nets: told }, () => renderNets(told, assets));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

function date(text: string): string {
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return text;
  throw new InvalidArgumentError("It is a date as 2026-12-28.");
}
