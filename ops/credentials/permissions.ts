/**
 * Who may say what: for every role the account it lives in, and the subjects it may publish and
 * subscribe to. Everything that is not listed is refused by the servers.
 *
 * This is the only list. It is written into the accounts' scoped signing keys, so a user's own
 * credentials carry a role and a name and no permission; to change what a role may do, change it
 * here and restart the servers.
 */
import { isAccountId, isProducerId } from "../../protocols/identifiers.ts";
import { apiPrefix } from "../../protocols/subjects.ts";

/** SYS watches the servers, ENGINE holds the log, CLIENTS is where participants meet gateways. */
export type AccountName = "SYS" | "ENGINE" | "CLIENTS";

export interface RolePermissions {
  readonly account: AccountName;
  readonly publish: SubjectLists;
  readonly subscribe: SubjectLists;
  readonly limits?: { readonly subscriptions: number; readonly payloadBytes: number };
  /** Whether it is the servers of another site, and not a client, that connect as this. */
  readonly isSite?: true;
}

/** `deny` wins over `allow`; an entry "subject queue" speaks of queue subscriptions only. */
interface SubjectLists {
  readonly allow: readonly [string, ...string[]];
  readonly deny?: readonly string[];
}

/** The server puts the user's name here when the user connects. */
const own = "{{name()}}";

/** What `nats micro ls`, `info` and `stats` ask. Services answer into the asker's inbox. */
const discovery = [
  "$SRV.PING",
  "$SRV.PING.>",
  "$SRV.INFO",
  "$SRV.INFO.>",
  "$SRV.STATS",
  "$SRV.STATS.>",
] as const;

/** Has whoever leads the servers' own group, which places streams, step down. */
export const metaStepDown = "$JS.API.META.LEADER.STEPDOWN";

/** By which names the JetStreams of two sites are told apart. */
export const siteDomains = { first: "first", second: "second" } as const;

/** What a second site puts before what it asks of the first one's JetStream, and not its own. */
export const firstSiteApi = `$JS.${siteDomains.first}.API`;

export const roles = {
  /** A trading account. Its name is the account id. */
  participant: {
    account: "CLIENTS",
    publish: {
      allow: [`${apiPrefix}.acct.${own}.>`, `${apiPrefix}.market.>`, ...discovery],
      deny: [`${apiPrefix}.acct.${own}.reports`],
    },
    subscribe: {
      allow: [
        `${inboxPrefix("participant", own)}.>`,
        `${apiPrefix}.acct.${own}.reports`,
        `${apiPrefix}.md.>`,
      ],
      // Whoever joins another's queue group takes messages away from it.
      deny: [`${apiPrefix}.md.> >`],
    },
    limits: { subscriptions: 1000, payloadBytes: 256 * 1024 },
  },

  /** Operates the exchange. What it asks for bears its name; it trades for nobody. */
  admin: {
    account: "CLIENTS",
    publish: {
      allow: [`${apiPrefix}.admin.${own}.>`, `${apiPrefix}.market.>`, ...discovery],
    },
    subscribe: {
      allow: [`${inboxPrefix("admin", own)}.>`, `${apiPrefix}.acct.*.reports`, `${apiPrefix}.md.>`],
    },
  },

  /**
   * Watches chains and sends to them. What it says is heard of the assets whose rules name it, and
   * that is all that it may say: it releases nothing, and moves nothing between accounts.
   */
  custodian: {
    account: "CLIENTS",
    publish: {
      allow: [
        `${apiPrefix}.admin.${own}.account.all`,
        `${apiPrefix}.admin.${own}.custody.policies`,
        `${apiPrefix}.admin.${own}.custody.withdrawals`,
        `${apiPrefix}.admin.${own}.custody.deposits`,
        `${apiPrefix}.admin.${own}.custody.advanceWithdrawal`,
        `${apiPrefix}.admin.${own}.custody.assignAddress`,
        `${apiPrefix}.admin.${own}.custody.reportDeposit`,
        `${apiPrefix}.admin.${own}.custody.sweeps`,
        `${apiPrefix}.admin.${own}.custody.proposeSweep`,
        `${apiPrefix}.admin.${own}.custody.advanceSweep`,
      ],
    },
    subscribe: { allow: [`${inboxPrefix("custodian", own)}.>`] },
  },

  /** The side of a gateway that hears participants and answers them. */
  "gateway-front": {
    account: "CLIENTS",
    publish: {
      // No response permission: an asker chooses its reply subject, and could have the gateway
      // speak on any subject in its place. Answers go to inboxes only.
      allow: ["_INBOX.>", `${apiPrefix}.gateway.${own}.>`],
    },
    subscribe: {
      allow: [`${inboxPrefix("gateway-front", own)}.>`, `${apiPrefix}.>`, "$SRV.>"],
    },
  },

  /** The side of an engine node that tells participants what happened. */
  publisher: {
    account: "CLIENTS",
    publish: { allow: [`${apiPrefix}.md.>`, `${apiPrefix}.acct.*.reports`] },
    subscribe: { allow: [`${inboxPrefix("publisher", own)}.>`] },
  },

  /** An engine node: appends to the log, follows it, answers queries, keeps snapshots. */
  engine: {
    account: "ENGINE",
    publish: {
      allow: [
        "log.>",
        "tail.>",
        "feed.>",
        "reply.>",
        "query.>",
        "nodes",
        "rebuild.*",
        "control.>",
        "referees",
        "_INBOX.>",
        "$JS.API.>",
        "$JS.ACK.>",
        "$JS.FC.>",
        "$O.>",
        "$KV.>",
      ],
      // A node's mistake must not be able to shorten the log: see the keeper.
      deny: ["$JS.API.STREAM.DELETE.>", "$JS.API.STREAM.UPDATE.>", "$JS.API.STREAM.RESTORE.>"],
    },
    subscribe: {
      // Not the log: a plain subscriber there keeps a publisher from hearing at once that the
      // stream has no leader, and its appends would time out instead.
      allow: [
        `${inboxPrefix("engine", own)}.>`,
        "tail.>",
        "feed.>",
        "reply.>",
        "query.>",
        "nodes",
        `rebuild.${own}`,
        "control.>",
        "$JS.EVENT.ADVISORY.>",
      ],
    },
  },

  /**
   * The side of a gateway that appends frames. Its name is its producer name. Before it appends it
   * looks for a log's newest generation and whether that keeps what it must; it hears when one is
   * sealed. No name begins with an underscore, so it can publish no seal. Nobody checks where it
   * has an append acknowledged, but an acknowledgement says something, and a seal does not.
   */
  "gateway-back": {
    account: "ENGINE",
    publish: {
      allow: [
        `log.*.*.${own}`,
        "query.>",
        "nodes",
        "$JS.API.STREAM.INFO.*",
        "$JS.API.STREAM.NAMES",
      ],
    },
    subscribe: {
      allow: [
        `${inboxPrefix("gateway-back", own)}.>`,
        `reply.${own}.>`,
        "feed.>",
        "tail.*.*._seal",
      ],
    },
  },

  /** Reads the logs and hears the feed; all that it says is what it found. */
  referee: {
    account: "ENGINE",
    publish: {
      allow: [
        "reply.*.referee",
        "alarm.*",
        "$JS.API.STREAM.INFO.*",
        "$JS.API.STREAM.NAMES",
        "$JS.API.STREAM.MSG.GET.*",
        "$JS.API.DIRECT.GET.*",
      ],
    },
    subscribe: {
      allow: [`${inboxPrefix("referee", own)}.>`, "feed.>", "referees", "tail.*.*._seal"],
    },
  },

  /** Reads the logs, and says nothing to anybody here. */
  auditor: {
    account: "ENGINE",
    publish: {
      allow: [
        "$JS.API.STREAM.INFO.*",
        "$JS.API.STREAM.NAMES",
        "$JS.API.STREAM.MSG.GET.*",
        "$JS.API.DIRECT.GET.*",
      ],
    },
    subscribe: { allow: [`${inboxPrefix("auditor", own)}.>`, "tail.*.*._seal"] },
  },

  /** Reads the logs to write down their history, and says nothing to anybody here. */
  projector: {
    account: "ENGINE",
    publish: {
      allow: [
        "$JS.API.STREAM.INFO.*",
        "$JS.API.STREAM.NAMES",
        "$JS.API.STREAM.MSG.GET.*",
        "$JS.API.DIRECT.GET.*",
      ],
    },
    subscribe: { allow: [`${inboxPrefix("projector", own)}.>`, "tail.*.*._seal"] },
  },

  /** The side of a projector that hears what participants ask about the past, and answers them. */
  "history-front": {
    account: "CLIENTS",
    publish: {
      // As a gateway's: to inboxes only.
      allow: ["_INBOX.>"],
    },
    subscribe: {
      allow: [
        `${inboxPrefix("history-front", own)}.>`,
        `${apiPrefix}.acct.*.history.*`,
        `${apiPrefix}.market.history.*`,
        ...discovery,
      ],
    },
  },

  /** The servers of a second site, which mirror the logs: all that may pass between the sites. */
  mirror: {
    account: "ENGINE",
    publish: {
      allow: [
        `${firstSiteApi}.STREAM.NAMES`,
        `${firstSiteApi}.STREAM.INFO.*`,
        `${firstSiteApi}.CONSUMER.CREATE.>`,
        `${firstSiteApi}.CONSUMER.DELETE.>`,
        "$JS.FC.>",
      ],
    },
    // Answers to the servers themselves, what they mirror, and answers to the follower beside them.
    subscribe: { allow: ["$JSC.R.>", "$JS.M.>", `${inboxPrefix("follower", "*")}.>`] },
    isSite: true,
  },

  /** At a second site: mirrors the logs, reads the mirrors, and asks how far the first one is. */
  follower: {
    account: "ENGINE",
    publish: {
      allow: [
        `${firstSiteApi}.STREAM.NAMES`,
        `${firstSiteApi}.STREAM.INFO.*`,
        "$JS.API.STREAM.NAMES",
        "$JS.API.STREAM.INFO.*",
        "$JS.API.STREAM.CREATE.*",
        "$JS.API.STREAM.MSG.GET.*",
        "$JS.API.DIRECT.GET.*",
      ],
    },
    subscribe: { allow: [`${inboxPrefix("follower", own)}.>`] },
  },

  /** Looks after the nodes and the streams: the only one who can change or delete a stream. */
  keeper: {
    account: "ENGINE",
    publish: { allow: ["$JS.API.>", "query.>", "nodes"] },
    subscribe: { allow: [`${inboxPrefix("keeper", own)}.>`, "$JS.EVENT.>"] },
  },

  /**
   * Watches the servers themselves, as `nats server report` does, and has their own group choose
   * another leader before that is stopped.
   */
  watcher: {
    account: "SYS",
    publish: { allow: ["$SYS.REQ.>", metaStepDown] },
    subscribe: { allow: [`${inboxPrefix("watcher", own)}.>`, "$SYS.>"] },
  },
} as const satisfies Record<string, RolePermissions>;

export type RoleName = keyof typeof roles;

export const roleNames = Object.keys(roles) as readonly RoleName[];

/**
 * The inbox prefix a user must connect with. A participant's is its name; the others' are set
 * apart by the underscore that no name can start with, so that a participant called like a gateway
 * does not share its inbox.
 */
export function inboxPrefix(role: string, name: string): string {
  return role === "participant" ? `_INBOX.${name}` : `_INBOX._${role}.${name}`;
}

/**
 * A user's name is an account id or a producer id. It becomes a token of subjects: a wildcard, a
 * dot or a space in it would be a permission for something else.
 */
export function isUserName(name: string): boolean {
  return isAccountId(name) && isProducerId(name);
}
