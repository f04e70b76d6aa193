/**
 * Goal: every role may do exactly what the table below says, and the table is written by hand, not
 * derived from `permissions.ts`.
 *
 * Method: against real servers each role tries to publish and to subscribe to every subject that
 * occurs anywhere in its account, wildcards included. What the server does not refuse must be what
 * the table lists. Then by effect: an observer with full rights hears the role on exactly those
 * subjects, and what the observer says is heard by the role on exactly those it may subscribe to.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { PermissionViolationError } from "@nats-io/transport-node";
import { encodeUser, fmtCreds } from "@nats-io/jwt";
import { createUser, fromSeed } from "@nats-io/nkeys";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { JetStreamLog } from "../../cluster/jetstream-log.ts";
import { isSeal } from "../../cluster/log-generation.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { readAll } from "../../cluster/testing/read-all.ts";
import { TestCluster } from "../nats-servers/testing/test-cluster.ts";
import type { AccountName, RoleName } from "./permissions.ts";
import { roleNames, roles } from "./permissions.ts";
import type { User } from "./users.ts";
import { mintUser } from "./users.ts";

interface Row {
  readonly role: RoleName;
  readonly name: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const rows: readonly Row[] = [
  {
    role: "participant",
    name: "demo",
    publish: [
      "outcry.v1.acct.demo.place",
      "outcry.v1.acct.demo.reports.x",
      "outcry.v1.acct.demo.*",
      "outcry.v1.acct.demo.history.fills",
      "outcry.v1.market.BTC-USDT.depth",
      "outcry.v1.market.>",
      "outcry.v1.market.history.trades",
      "outcry.v1.market.history.*",
      "$SRV.PING",
      "$SRV.INFO.orders",
      "$SRV.STATS.orders.ID",
    ],
    subscribe: [
      "_INBOX.demo.>",
      "_INBOX.demo.x",
      "outcry.v1.acct.demo.reports",
      "outcry.v1.md.>",
      "outcry.v1.md.BTC-USDT.trades",
    ],
  },
  {
    role: "custodian",
    name: "demo",
    publish: ["outcry.v1.admin.demo.custody.advanceWithdrawal"],
    subscribe: ["_INBOX._custodian.demo.x"],
  },
  {
    role: "admin",
    name: "demo",
    publish: [
      "outcry.v1.admin.demo.halt",
      "outcry.v1.admin.demo.custody.advanceWithdrawal",
      "outcry.v1.market.BTC-USDT.depth",
      "outcry.v1.market.>",
      "outcry.v1.market.history.trades",
      "outcry.v1.market.history.*",
      "$SRV.PING",
      "$SRV.INFO.orders",
      "$SRV.STATS.orders.ID",
    ],
    subscribe: [
      "_INBOX._admin.demo.x",
      "outcry.v1.acct.demo.reports",
      "outcry.v1.acct.alice.reports",
      "outcry.v1.acct.*.reports",
      "outcry.v1.md.>",
      "outcry.v1.md.> bots",
      "outcry.v1.md.BTC-USDT.trades bots",
      "outcry.v1.md.BTC-USDT.trades",
    ],
  },
  {
    role: "gateway-front",
    name: "demo",
    publish: [
      "_INBOX.demo.x",
      "_INBOX.alice.x",
      "_INBOX._admin.demo.x",
      "_INBOX._custodian.demo.x",
      "_INBOX._gateway-front.demo.x",
      "_INBOX._history-front.prj-1.x",
      "_INBOX._publisher.demo.x",
      "_INBOX.>",
      "_INBOX.*.>",
      "_INBOX._*.>",
      "_INBOX.*.x",
      "_INBOX.demo.>",
      "outcry.v1.gateway.demo.status",
    ],
    subscribe: [
      "_INBOX._gateway-front.demo.x",
      "outcry.v1.>",
      "outcry.v1.acct.>",
      "outcry.v1.acct.demo",
      "outcry.v1.acct.*.*",
      "outcry.v1.acct.*.place",
      "outcry.v1.acct.*.reports",
      "outcry.v1.acct.demo.*",
      "outcry.v1.acct.demo.place",
      "outcry.v1.acct.demo.reports",
      "outcry.v1.acct.demo.reports.x",
      "outcry.v1.acct.alice.place",
      "outcry.v1.acct.alice.reports",
      "outcry.v1.acct.demo.history.fills",
      "outcry.v1.acct.alice.history.fills",
      "outcry.v1.acct.*.history.fills",
      "outcry.v1.acct.*.history.*",
      "outcry.v1.admin.demo.halt",
      "outcry.v1.admin.demo.custody.advanceWithdrawal",
      "outcry.v1.admin.other.halt",
      "outcry.v1.market.>",
      "outcry.v1.market.BTC-USDT.depth",
      "outcry.v1.market.history.trades",
      "outcry.v1.market.history.*",
      "outcry.v1.md.>",
      "outcry.v1.md.> bots",
      "outcry.v1.md.BTC-USDT.trades bots",
      "outcry.v1.md.BTC-USDT.trades",
      "outcry.v1.gateway.demo.status",
      "outcry.v1.gateway.other.status",
      "$SRV.PING",
      "$SRV.INFO.orders",
      "$SRV.STATS.orders.ID",
      "$SRV.>",
    ],
  },
  {
    role: "history-front",
    name: "prj-1",
    publish: [
      "_INBOX.demo.x",
      "_INBOX.alice.x",
      "_INBOX._admin.demo.x",
      "_INBOX._custodian.demo.x",
      "_INBOX._gateway-front.demo.x",
      "_INBOX._history-front.prj-1.x",
      "_INBOX._publisher.demo.x",
      "_INBOX.>",
      "_INBOX.*.>",
      "_INBOX._*.>",
      "_INBOX.*.x",
      "_INBOX.demo.>",
    ],
    subscribe: [
      "_INBOX._history-front.prj-1.x",
      "outcry.v1.acct.demo.history.fills",
      "outcry.v1.acct.alice.history.fills",
      "outcry.v1.acct.*.history.fills",
      "outcry.v1.acct.*.history.*",
      "outcry.v1.market.history.trades",
      "outcry.v1.market.history.*",
      "$SRV.PING",
      "$SRV.INFO.orders",
      "$SRV.STATS.orders.ID",
    ],
  },
  {
    role: "publisher",
    name: "demo",
    publish: [
      "outcry.v1.acct.demo.reports",
      "outcry.v1.acct.alice.reports",
      "outcry.v1.acct.*.reports",
      "outcry.v1.md.>",
      "outcry.v1.md.BTC-USDT.trades",
    ],
    subscribe: ["_INBOX._publisher.demo.x"],
  },
  {
    role: "engine",
    name: "n1",
    publish: [
      "log.0.1.gw1",
      "log.0.1.gw2",
      "log.0.1._seal",
      "log.*.*.gw1",
      "log.>",
      "tail.0.1.gw1",
      "tail.0.*._seal",
      "feed.0",
      "feed.>",
      "reply.gw1.x",
      "reply.gw2.x",
      "query.book",
      "query.>",
      "$JS.API.INFO",
      "$JS.API.STREAM.NAMES",
      "$JS.API.STREAM.INFO.NONE",
      "$JS.API.STREAM.CREATE.NONE",
      "$JS.API.STREAM.PURGE.NONE",
      "$JS.API.CONSUMER.MSG.NEXT.NONE.x",
      "$JS.ACK.x",
      "$O.snapshots.C.x",
      "$KV.nodes.x",
      "nodes",
      "control.n1",
      "control.>",
      "referees",
      "reply.gw1.referee",
      "$JS.API.DIRECT.GET.NONE",
      "$JS.API.STREAM.MSG.GET.NONE",
      "_INBOX._engine.n1.x",
      "_INBOX._referee.r1.x",
      "_INBOX._auditor.aud-1.x",
      "_INBOX._projector.prj-1.x",
      "_INBOX._keeper.ops.x",
      "_INBOX._follower.site.x",
      "_INBOX._gateway-back.gw1.x",
      "_INBOX.>",
      "_INBOX.*.>",
      "_INBOX._*.>",
    ],
    subscribe: [
      "tail.0.1.gw1",
      "tail.0.*._seal",
      "feed.0",
      "feed.>",
      "reply.gw1.x",
      "reply.gw2.x",
      "reply.gw1.referee",
      "query.book",
      "query.>",
      "nodes",
      "control.n1",
      "control.>",
      "_INBOX._engine.n1.x",
      "$JS.EVENT.ADVISORY.API",
    ],
  },
  {
    role: "gateway-back",
    name: "gw1",
    publish: [
      "log.0.1.gw1",
      "log.*.*.gw1",
      "query.book",
      "query.>",
      "nodes",
      "$JS.API.STREAM.INFO.NONE",
      "$JS.API.STREAM.NAMES",
    ],
    subscribe: [
      "reply.gw1.x",
      "reply.gw1.referee",
      "feed.0",
      "feed.>",
      "tail.0.*._seal",
      "_INBOX._gateway-back.gw1.x",
    ],
  },
  {
    role: "referee",
    name: "r1",
    publish: [
      "reply.gw1.referee",
      "alarm.0",
      "$JS.API.STREAM.INFO.NONE",
      "$JS.API.STREAM.NAMES",
      "$JS.API.STREAM.MSG.GET.NONE",
      "$JS.API.DIRECT.GET.NONE",
    ],
    subscribe: ["feed.0", "feed.>", "referees", "tail.0.*._seal", "_INBOX._referee.r1.x"],
  },
  {
    role: "auditor",
    name: "aud-1",
    publish: [
      "$JS.API.STREAM.INFO.NONE",
      "$JS.API.STREAM.NAMES",
      "$JS.API.STREAM.MSG.GET.NONE",
      "$JS.API.DIRECT.GET.NONE",
    ],
    subscribe: ["tail.0.*._seal", "_INBOX._auditor.aud-1.x"],
  },
  {
    role: "projector",
    name: "prj-1",
    publish: [
      "$JS.API.STREAM.INFO.NONE",
      "$JS.API.STREAM.NAMES",
      "$JS.API.STREAM.MSG.GET.NONE",
      "$JS.API.DIRECT.GET.NONE",
    ],
    subscribe: ["tail.0.*._seal", "_INBOX._projector.prj-1.x"],
  },
  {
    role: "follower",
    name: "site",
    publish: [
      "$JS.first.API.STREAM.NAMES",
      "$JS.first.API.STREAM.INFO.NONE",
      "$JS.API.STREAM.NAMES",
      "$JS.API.STREAM.INFO.NONE",
      "$JS.API.STREAM.CREATE.NONE",
      "$JS.API.STREAM.MSG.GET.NONE",
      "$JS.API.DIRECT.GET.NONE",
    ],
    subscribe: ["_INBOX._follower.site.x"],
  },
  {
    role: "keeper",
    name: "ops",
    publish: [
      "$JS.API.INFO",
      "$JS.API.STREAM.NAMES",
      "$JS.API.CONSUMER.MSG.NEXT.NONE.x",
      "$JS.API.STREAM.INFO.NONE",
      "$JS.API.STREAM.CREATE.NONE",
      "$JS.API.STREAM.PURGE.NONE",
      "$JS.API.STREAM.UPDATE.NONE",
      "$JS.API.STREAM.DELETE.NONE",
      "$JS.API.STREAM.RESTORE.NONE",
      "$JS.API.STREAM.MSG.GET.NONE",
      "$JS.API.DIRECT.GET.NONE",
      "query.book",
      "query.>",
      "nodes",
    ],
    subscribe: ["$JS.EVENT.ADVISORY.API", "_INBOX._keeper.ops.x"],
  },
  {
    role: "watcher",
    name: "ops",
    publish: ["$SYS.REQ.SERVER.PING", "$JS.API.META.LEADER.STEPDOWN"],
    subscribe: ["$SYS.>", "$SYS.REQ.SERVER.PING", "_INBOX._watcher.ops.x"],
  },
];

/** Attempts beyond the subjects that some role may use. An entry "subject queue" is a queue group. */
const furtherAttempts = [
  ">",
  "*",
  "*.>",
  "anything",
  "outcry.>",
  "outcry.*.md.>",
  "outcry.v2.acct.demo.place",
  "outcry.v1.acct.demo",
  "outcry.v1.acct.*.*",
  "_INBOX.>",
  "_INBOX.*.>",
  "_INBOX._*.>",
  "$SRV.>",
  "$SYS.>",
  "$JS.>",
  "$JS.API.CONSUMER.MSG.NEXT.NONE.x",
];

let cluster: TestCluster;
beforeAll(async () => {
  // A single server: what one user says is with the other as soon as the server has answered both.
  cluster = await TestCluster.start({ count: 1 });
});
afterAll(async () => {
  await cluster.stop();
});

it("the table has a row for every role that clients have", () => {
  const ofClients = roleNames.filter((role) => role !== "mirror");
  expect(rows.map(({ role }) => role).sort()).toEqual(ofClients.sort());
});

it("no client connects as the servers of another site", async () => {
  const connecting = cluster.connect({ role: "mirror", name: "site" });
  await expect(connecting).rejects.toThrow(/Authorization/);
});

describe.each(rows)("$role", ({ role, name, publish, subscribe }) => {
  const account = roles[role].account;
  const attempts = attemptsIn(account);

  it("may publish what the table lists and nothing else", async () => {
    const connection = await cluster.connect({ role, name });
    const refused = await refusals(connection, "publish", () => {
      for (const subject of subjectsOnly(attempts)) connection.publish(subject);
    });
    expect(subjectsOnly(attempts).filter((subject) => !refused.has(subject))).toEqual(
      publish.toSorted(),
    );
  });

  it("may subscribe to what the table lists and to nothing else", async () => {
    const connection = await cluster.connect({ role, name });
    const refused = await refusals(connection, "subscription", () => {
      for (const attempt of attempts) subscribeTo(connection, attempt, () => {});
    });
    expect(attempts.filter((attempt) => !refused.has(attempt))).toEqual(subscribe.toSorted());
  });

  it("is heard on what it may publish and nowhere else", async () => {
    const observer = await connectObserver(account);
    const heard = new Set<string>();
    observer.subscribe(">", {
      callback: (error, message) => {
        if (error === null && message.string() === role) heard.add(message.subject);
      },
    });
    await observer.flush();
    const connection = await cluster.connect({ role, name });
    for (const subject of subjectsOnly(attempts)) connection.publish(subject, role);
    await delivered(connection, observer);
    expect([...heard].toSorted()).toEqual(publish.toSorted());
  });

  it("hears what it may subscribe to and nothing else, whatever it tries", async () => {
    const connection = await cluster.connect({ role, name });
    const heard = new Set<string>();
    for (const attempt of attempts) {
      subscribeTo(connection, attempt, (message) => {
        if (message.string() === "observer") heard.add(message.subject);
      });
    }
    await connection.flush();
    const observer = await connectObserver(account);
    const said = subjectsOnly(attempts).filter((subject) => !/[*>]/.test(subject));
    for (const subject of said) observer.publish(subject, "observer");
    await delivered(observer, connection);
    const audible = said.filter((subject) => subscribe.some((entry) => covers(entry, subject)));
    expect([...heard].toSorted()).toEqual(audible.toSorted());
  });
});

describe("a gateway that was taken over", () => {
  it("ends no generation by having its appends acknowledged where seals are stored", async () => {
    const engine = await connectLine({ role: "engine", name: "n1" });
    const gateway = await connectLine({ role: "gateway-back", name: "gw1" });
    const log = await JetStreamLog.open(engine, { shard: 7, replicas: 1 });
    const appends = { shard: 7, replicas: 1, creates: false, reads: false };
    const frames = await JetStreamLog.open(gateway, appends);
    gateway.nats.publish("log.7.1.gw1", "x", { reply: "log.7.1._seal" });
    await eventually(async () => (await log.head()) === 2, {
      what: "the acknowledgement is stored",
    });
    await frames.append("gw1", new Uint8Array([1]));
    expect(await log.generations()).toMatchObject([{ last: 3, isSealed: false, voids: 0 }]);
    await log.roll(1);
    const isAppended = async (): Promise<boolean> => {
      await frames.append("gw1", new Uint8Array([2]));
      return (await log.head()) > 4;
    };
    await eventually(isAppended, { what: "it goes on in the next generation" });
    const entries = (await readAll(log)).slice(0, 5);
    expect(entries.map(({ producer }) => producer)).toEqual([
      "gw1",
      "_seal",
      "gw1",
      "_seal",
      "gw1",
    ]);
    expect(entries.map(isSeal)).toEqual([false, false, false, true, false]);
    await Promise.all([engine.close(), gateway.close()]);
  });
});

async function connectLine(user: User): Promise<JetStreamConnection> {
  const { creds, inboxPrefix } = await mintUser(cluster.keys, user);
  return await JetStreamConnection.open({
    servers: cluster.servers.urls,
    name: user.name,
    credentials: creds,
    inboxPrefix,
  });
}

/** Every subject of the account's rows, and more that nobody there should be able to use. */
function attemptsIn(account: AccountName): string[] {
  const listed = rows
    .filter(({ role }) => roles[role].account === account)
    .flatMap(({ publish, subscribe }) => [...publish, ...subscribe]);
  return [...new Set([...listed, ...furtherAttempts])].toSorted();
}

function subjectsOnly(attempts: readonly string[]): string[] {
  return attempts.filter((attempt) => !attempt.includes(" "));
}

function subscribeTo(
  connection: NatsConnection,
  attempt: string,
  onMessage: (message: Msg) => void,
): void {
  const [subject = "", queue] = attempt.split(" ");
  connection.subscribe(subject, {
    ...(queue === undefined ? {} : { queue }),
    callback: (error, message) => {
      if (error === null) onMessage(message);
    },
  });
}

/** The attempts that the server refuses while `attempt` is carried out. */
async function refusals(
  connection: NatsConnection,
  operation: PermissionViolationError["operation"],
  attempt: () => void,
): Promise<Set<string>> {
  const refused = new Set<string>();
  const status = connection.status();
  const reading = (async () => {
    for await (const { type, ...details } of status) {
      if (type !== "error" || !("error" in details)) continue;
      const { error } = details;
      if (!(error instanceof PermissionViolationError) || error.operation !== operation) continue;
      refused.add(error.queue === undefined ? error.subject : `${error.subject} ${error.queue}`);
    }
  })();
  attempt();
  await connection.flush();
  await connection.close();
  await reading;
  return refused;
}

/** Resolves when `to` has got everything that `from` has said so far. */
async function delivered(from: NatsConnection, to: NatsConnection): Promise<void> {
  await from.flush();
  await to.flush();
}

/** A user without any limits, as only the account's own key can make one. */
async function connectObserver(account: AccountName): Promise<NatsConnection> {
  const path = join(cluster.keys.directory, "accounts", account.toLowerCase(), "account.seed");
  const accountKey = fromSeed(new TextEncoder().encode((await readFile(path, "utf8")).trim()));
  const user = createUser();
  const jwt = await encodeUser("observer", user, accountKey, {});
  return await cluster.connectWith(new TextDecoder().decode(fmtCreds(jwt, user)));
}

/** Whether a subscription to `entry` gets what is published on `subject`. */
function covers(entry: string, subject: string): boolean {
  const [pattern = ""] = entry.split(" ");
  const expression = pattern.split(".").map((token) => {
    if (token === "*") return "[^.]+";
    return token === ">" ? ".+" : RegExp.escape(token);
  });
  return new RegExp(`^${expression.join("\\.")}$`).test(subject);
}
