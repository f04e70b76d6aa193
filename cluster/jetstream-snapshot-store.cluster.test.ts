import { jetstream } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JetStreamConnection } from "./jetstream-connection.ts";
import { JetStreamSnapshotStore } from "./jetstream-snapshot-store.ts";
import { snapshotStoreConformance } from "./snapshot-store.conformance.ts";
import { snapshotKey } from "./snapshot-store.ts";
import { NatsCluster } from "./testing/nats-cluster.ts";

let cluster: NatsCluster;
let connection: JetStreamConnection;
let bucketsCount = 0;

beforeAll(async () => {
  cluster = await NatsCluster.start();
  connection = await JetStreamConnection.open({ servers: cluster.urls, name: "test" });
});
afterAll(async () => {
  await connection.close();
  await cluster.stop();
});

describe("JetStream snapshot store", () => {
  snapshotStoreConformance(async () => {
    bucketsCount += 1;
    const bucket = `TEST_${bucketsCount}`;
    return {
      store: await JetStreamSnapshotStore.open(connection, { bucket }),
      reopen: async () => await JetStreamSnapshotStore.open(connection, { bucket }),
      async damage(name) {
        const token = Buffer.from(snapshotKey(name)).toString("base64url");
        const subject = `$O.${bucket}.M.${token.padEnd(Math.ceil(token.length / 4) * 4, "=")}`;
        const stored = await connection.nats.request(
          `$JS.API.DIRECT.GET.OBJ_${bucket}`,
          JSON.stringify({ last_by_subj: subject }),
        );
        const chunk = `$O.${bucket}.C.${stored.json<{ nuid: string }>().nuid}`;
        const client = jetstream(connection.nats);
        // One more piece that was never saved, of the length of the one that was.
        await client.publish(chunk, new Uint8Array(1000));
      },
      stop: async () => undefined,
    };
  });

  it("one of two saved at once under one name is kept, and nothing of the other", async () => {
    const bucket = "RACE";
    const stores = await Promise.all(
      [1, 2, 3].map(() => JetStreamSnapshotStore.open(connection, { bucket })),
    );
    const bytes = new Uint8Array(500_000).fill(3);
    await Promise.all(stores.map((store) => store.save({ shard: 0, sequence: 9, bytes })));
    expect(Buffer.compare(await stores[0]!.load({ shard: 0, sequence: 9 }), bytes)).toBe(0);
    const { state } = await (
      await jetstream(connection.nats).jetstreamManager()
    ).streams.info(`OBJ_${bucket}`);
    expect(state.bytes).toBeLessThan(2 * bytes.length);
  });

  it("a snapshot is saved and loaded although a server has died", async () => {
    const store = await JetStreamSnapshotStore.open(connection);
    const bytes = new Uint8Array(2_000_000).fill(5);
    await store.save({ shard: 0, sequence: 1, bytes });
    await cluster.kill(await cluster.leaderOf("OBJ_SNAPSHOTS"));
    await store.save({ shard: 0, sequence: 2, bytes });
    expect(await store.list(0)).toEqual([
      { shard: 0, sequence: 2 },
      { shard: 0, sequence: 1 },
    ]);
    for (const sequence of [1, 2]) {
      expect(Buffer.compare(await store.load({ shard: 0, sequence }), bytes)).toBe(0);
    }
  });
});
