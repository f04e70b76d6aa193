/**
 * Random deposits and withdrawals on a venue: what accounts, administrators and a custodian say, in
 * any order, again, and about what is not so.
 */
import {
  DepositStep,
  SweepStatus,
  SweepStep,
  WithdrawalStatus,
  WithdrawalStep,
} from "../../protocols/index.ts";
import type {
  AccountId,
  AssetId,
  Command,
  CustodyTerms,
  DepositView,
  WithdrawalView,
} from "../../protocols/index.ts";
import { Approvers } from "./approving.ts";
import type { Random } from "./random.ts";
import type { TestVenue } from "./test-venue.ts";

const why = { author: "ops", reason: "test" };
const said = { author: "custodian", reason: "seen" };
const names = ["ann", "ben", "cleo"] as const;
const assets: readonly AssetId[] = ["COIN", "PEAR"];
const wallets = ["hot", "warm", "cold"] as const;
const hourUs = 3_600_000_000;

export class CustodyWork {
  readonly #random: Random;
  readonly #venue: TestVenue;
  readonly #accounts: readonly AccountId[];
  readonly #approvers = new Approvers();

  constructor(random: Random, venue: TestVenue, accounts: readonly AccountId[]) {
    this.#random = random;
    this.#venue = venue;
    this.#accounts = accounts;
  }

  next(): Command {
    const random = this.#random;
    const draw = random.below(100);
    const hasRules = this.#venue.first.answer("custodyPolicies", {}).length === assets.length;
    if (draw < (hasRules ? 3 : 60)) return this.#rules();
    if (draw < 6) return this.#sweep();
    if (draw < 15) return this.#deposit();
    if (draw < 27) return this.#changedDeposit();
    if (draw >= 58) return this.#changedWithdrawal();
    return this.#request(draw);
  }

  /** What an account asks, or says that it may. */
  #request(draw: number): Command {
    const random = this.#random;
    const account = random.pick(this.#accounts);
    const asset = random.pick(assets);
    const address = `to-${account}-${String(random.below(2))}`;
    if (draw < 40) return { kind: "allow-address", account, asset, address };
    if (draw < 41) return { kind: "forget-address", account, asset, address };
    const allowed = this.#allowed();
    const to = allowed.length > 0 && random.isOneOf(80) ? random.pick(allowed) : undefined;
    const where = to ?? { account, asset, address };
    const reference = `w-${String(random.below(200))}`;
    const amount = random.below(450) - 20;
    return { kind: "request-withdrawal", reference, amount, ...where };
  }

  /** Where accounts may withdraw to, though it may have to cool off. */
  #allowed() {
    return this.#accounts.flatMap((account) => {
      const known = this.#venue.shards.flatMap((shard) => {
        return shard.account(account)?.allowedAddresses(shard.directory) ?? [];
      });
      return known.map(({ asset, address }) => ({ account, asset, address }));
    });
  }

  #approvals(count: number) {
    const untilUs = this.#venue.timeUs + hourUs;
    return names.slice(0, count).map((name) => this.#approvers.approval(name, untilUs));
  }

  #rules(): Command {
    const random = this.#random;
    const terms: CustodyTerms = {
      ...{ asset: random.pick(assets), custodian: "custodian", approvers: names },
      ...{ quorum: 1 + random.below(2), withdrawalMin: 10, withdrawalMax: 400, dailyMax: 900 },
      ...{ coolOffSeconds: random.below(2), confirmations: 2, depositMin: 5 },
      tiers: [
        { from: 0, needed: random.below(2) },
        { from: 200, needed: 2 },
      ],
    };
    const approvals = this.#approvals(random.isOneOf(85) ? 2 : 1);
    return { kind: "set-custody-policy", ...terms, ...why, approvals };
  }

  #deposit(): Command {
    const random = this.#random;
    const known = this.#venue.first.answer("depositAddresses", { account: "" });
    const account = random.pick(this.#accounts);
    if (random.isOneOf(known.length < 3 ? 60 : 10)) {
      const named = { account, asset: random.pick(assets), address: `of-${account}` };
      return { kind: "assign-deposit-address", ...named, ...said };
    }
    const own = known.length > 0 && random.isOneOf(90) ? random.pick(known) : undefined;
    const { asset, address } = own ?? { asset: random.pick(assets), address: `of-${account}` };
    const transaction = `tx${String(random.below(1000))}`;
    const amount = random.below(300) - 10;
    const seen = { step: DepositStep.seen, confirmations: 1, output: random.below(2) };
    return { kind: "report-deposit", asset, address, amount, transaction, ...seen, ...said };
  }

  /** Something of one that is known, possible or not. */
  #changedDeposit(): Command {
    const random = this.#random;
    const known = this.#venue.first.answer("deposits", { account: "" });
    if (known.length === 0) return this.#deposit();
    const deposit: DepositView = random.pick(known);
    const { account: _, status: __, ...output } = deposit;
    const step = random.pick([...Object.values(DepositStep), DepositStep.confirmed]);
    const confirmations = random.below(4);
    return { kind: "report-deposit", ...output, step, confirmations, ...said };
  }

  /** A new one, or something of one that is known, possible or not. */
  #sweep(): Command {
    const random = this.#random;
    const known = this.#venue.first.answer("sweeps", {});
    if (known.length === 0 || random.isOneOf(25)) {
      const [from, to] = [random.pick(wallets), random.pick(wallets)];
      const moved = { asset: random.pick(assets), from, to, amount: random.below(90) };
      return { kind: "propose-sweep", ...moved, reference: `s-${String(known.length)}`, ...said };
    }
    const { asset, number, from, to, amount, status } = random.pick(known);
    if (status === SweepStatus.proposed && random.isOneOf(85)) {
      const named = { asset, number, from, to, amount, ...why };
      return { kind: "release-sweep", ...named, approvals: this.#approvals(2) };
    }
    const next = status === SweepStatus.approved ? SweepStep.begun : SweepStep.done;
    const step = random.isOneOf(85) ? next : random.pick(Object.values(SweepStep));
    const transaction = step === SweepStep.done ? `moved-${String(number)}` : "";
    return { kind: "advance-sweep", asset, number, step, transaction, ...said };
  }

  #changedWithdrawal(): Command {
    const random = this.#random;
    const known = this.#venue.shards.flatMap((shard) => shard.answer("openWithdrawals", {}));
    if (known.length === 0) return this.#request(58);
    const withdrawal: WithdrawalView = random.pick(known);
    const { account, number, asset, amount, address } = withdrawal;
    if (random.isOneOf(5)) return { kind: "cancel-withdrawal", account, number };
    const named = { account, number, asset, amount, address, ...why };
    if (random.isOneOf(3)) return { kind: "refuse-withdrawal", ...named };
    if (withdrawal.status === WithdrawalStatus.reviewing && random.isOneOf(85)) {
      return { kind: "release-withdrawal", ...named, approvals: this.#approvals(2) };
    }
    const step = random.isOneOf(85)
      ? nextStep(withdrawal.status)
      : random.pick(Object.values(WithdrawalStep));
    const transaction = `out-${account}-${String(number)}`;
    return { kind: "advance-withdrawal", account, number, step, transaction, ...said };
  }
}

/** What comes next where nothing goes wrong. */
function nextStep(status: WithdrawalStatus): WithdrawalStep {
  if (status === WithdrawalStatus.sent) return WithdrawalStep.confirmed;
  return status === WithdrawalStatus.sending ? WithdrawalStep.broadcast : WithdrawalStep.begun;
}
