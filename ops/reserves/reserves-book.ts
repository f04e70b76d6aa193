/**
 * Reserves book: what a statement was made of, kept by the venue so that it can prove to each
 * account that it is in there. It says what everybody has: it is for nobody else.
 *
 * A leaf is blinded by a number of its own that only its account is told; leaves stand in the order
 * of those numbers. So a proof tells of others no more than sums.
 */
import { createHmac } from "node:crypto";
import { Type } from "typebox";
import type { Static } from "typebox";
import { Check } from "typebox/value";
import type { AccountId, AssetId } from "../../protocols/index.ts";
import type { Liabilities } from "./liabilities.ts";
import { hashOf, MerkleSumTree, rootOf } from "./merkle-sum-tree.ts";
import type { SumNode } from "./merkle-sum-tree.ts";
import { ReservesFault } from "./reserves-fault.ts";
import { checkStatement, statement, sum } from "./statement.ts";
import type { Statement, UnsignedStatement } from "./statement.ts";

const closed = { additionalProperties: false };
const hex = Type.String({ pattern: "^[0-9a-f]{64}$" });

const book = Type.Object(
  {
    statement,
    /** All blinding numbers follow from it. */
    secret: hex,
    accounts: Type.Array(
      Type.Object(
        { account: Type.String(), amounts: Type.Array(Type.Tuple([Type.String(), sum])) },
        closed,
      ),
    ),
  },
  closed,
);
export type ReservesBook = Static<typeof book>;

const proof = Type.Object(
  {
    statement,
    account: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,30}$" }),
    assets: Type.Array(
      Type.Object(
        {
          asset: Type.String(),
          amount: sum,
          blinding: hex,
          path: Type.Array(
            Type.Object({ side: Type.Enum(["left", "right"]), hash: hex, sum }, closed),
            { maxItems: 64 },
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ReservesProof = Static<typeof proof>;

interface Leaf extends SumNode {
  readonly account: AccountId;
  readonly blinding: string;
}

interface AssetTree {
  readonly asset: AssetId;
  readonly leaves: readonly Leaf[];
  readonly tree: MerkleSumTree;
}

/** A tree for each asset, by the order of `assets`. */
function treesOf(
  assets: readonly AssetId[],
  accounts: ReservesBook["accounts"],
  secret: string,
): readonly AssetTree[] {
  return assets.map((asset) => {
    const leaves = accounts.flatMap(({ account, amounts }): Leaf[] => {
      const [, amount] = amounts.find(([of]) => of === asset) ?? [];
      if (amount === undefined) return [];
      const blinding = createHmac("sha256", secret).update(`${asset}\n${account}`).digest("hex");
      return [{ account, blinding, ...leafOf({ asset, account, amount, blinding }) }];
    });
    leaves.sort((a, b) => (a.blinding < b.blinding ? -1 : 1));
    return { asset, leaves, tree: new MerkleSumTree(leaves) };
  });
}

interface LeafTerms {
  readonly asset: AssetId;
  readonly account: AccountId;
  readonly amount: string;
  readonly blinding: string;
}

function leafOf({ asset, account, amount, blinding }: LeafTerms): SumNode {
  const lines = ["outcry reserves leaf 1", asset, account, amount, blinding, ""];
  return { hash: hashOf(lines.join("\n")), sum: BigInt(amount) };
}

/** @param secret 32 bytes that nobody can guess, in hexadecimal */
export function statementOf(
  { accounts, sums }: Liabilities,
  secret: string,
  at: Pick<UnsignedStatement, "cluster" | "timeUs" | "shards">,
): { readonly statement: UnsignedStatement; readonly accounts: ReservesBook["accounts"] } {
  const written = accounts.map(({ account, amounts }) => ({
    account,
    amounts: amounts.map(([asset, amount]): [string, string] => [asset, String(amount)]),
  }));
  const names = sums.map(({ asset }) => asset);
  const assets = treesOf(names, written, secret).map(({ asset, leaves, tree }, index) => {
    const { hash, sum: total } = tree.root;
    const underWay = String(sums[index]!.underWay);
    return { asset, root: hash, total: String(total), leaves: leaves.length, underWay };
  });
  return { statement: { version: 1, ...at, assets }, accounts: written };
}

/** Throws {@link ReservesFault}. */
export function checkBook(value: unknown): ReservesBook {
  if (!Check(book, value)) throw new ReservesFault("book-malformed", "it is no book of reserves");
  checkStatement(value.statement);
  return value;
}

/** What shows one account that it is in the statement. Throws {@link ReservesFault}. */
export function proveAccount(of: ReservesBook, account: AccountId): ReservesProof {
  const known = of.accounts.find((candidate) => candidate.account === account);
  if (known === undefined) {
    throw new ReservesFault("account-unknown", `nothing was owed to ${account}`);
  }
  const names = of.statement.assets.map(({ asset }) => asset);
  const assets = treesOf(names, of.accounts, of.secret).flatMap(({ asset, leaves, tree }) => {
    const at = leaves.findIndex((leaf) => leaf.account === account);
    const leaf = leaves[at];
    if (leaf === undefined) return [];
    const path = tree.pathOf(at).map((step) => ({ ...step, sum: String(step.sum) }));
    return [{ asset, amount: String(leaf.sum), blinding: leaf.blinding, path }];
  });
  return { statement: of.statement, account, assets };
}

/** Needs no cluster and trusts nobody but the signer. Throws {@link ReservesFault}. */
export function verifyProof(value: unknown): ReservesProof {
  if (!Check(proof, value))
    throw new ReservesFault("proof-malformed", "it is no proof of reserves");
  const { assets } = checkStatement(value.statement);
  if (new Set(value.assets.map(({ asset }) => asset)).size !== value.assets.length) {
    throw new ReservesFault("proof-malformed", "it tells of one asset twice");
  }
  for (const { asset, amount, blinding, path } of value.assets) {
    const stated = assets.find((candidate) => candidate.asset === asset);
    const leaf = leafOf({ asset, account: value.account, amount, blinding });
    const root = rootAbove(leaf, path);
    if (root.hash !== stated?.root || String(root.sum) !== stated.total) {
      throw new ReservesFault("proof-wrong", `${amount} of ${asset} are not in the statement`);
    }
  }
  return value;
}

function rootAbove(leaf: SumNode, path: ReservesProof["assets"][number]["path"]): SumNode {
  try {
    return rootOf(
      leaf,
      path.map((step) => ({ ...step, sum: BigInt(step.sum) })),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ReservesFault("proof-wrong", error.message);
  }
}

/** Whether two are the same: whoever was shown another one was shown another debt. */
export function isSameStatement(a: Statement, b: Statement): boolean {
  return a.signature === b.signature && a.signer === b.signer;
}
