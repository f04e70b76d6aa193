/**
 * What every bus must do, run on the in-memory twin and on real servers alike.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvariantViolation } from "../protocols/assert.ts";
import type { Bus, BusMessage } from "./bus.ts";
import { BusDisconnected, NoResponders, RequestTimedOut } from "./faults.ts";
import { eventually } from "./testing/eventually.ts";

/** A fresh network on which nobody is yet. */
export interface BusWorld {
  /** One more process's bus. */
  connect(): Promise<Bus>;
  /** Breaks that bus's line, runs `during`, lets the line come back and waits until it is. */
  interrupt(bus: Bus, during: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (payload: Uint8Array): string => new TextDecoder().decode(payload);

class Heard {
  readonly messages: string[] = [];
  readonly listen = (message: BusMessage): void => {
    this.messages.push(`${message.subject} ${textOf(message.payload)}`);
  };

  async atLeast(count: number): Promise<readonly string[]> {
    await eventually(() => this.messages.length >= count, { what: `${count} messages came` });
    return this.messages;
  }
}

export function busConformance(startWorld: () => Promise<BusWorld>): void {
  let world: BusWorld;
  let a: Bus;
  let b: Bus;

  beforeEach(async () => {
    world = await startWorld();
    [a, b] = await Promise.all([world.connect(), world.connect()]);
  });
  afterEach(async () => await world.stop());

  /** What is published from now on reaches those subscriptions. */
  async function listening(...buses: Bus[]): Promise<void> {
    for (const bus of buses) await bus.flush();
    const marker = `ready.${Math.random().toString(36).slice(2)}`;
    // Interest travels from server to server; a message that went the same way shows it is there.
    for (const bus of buses) {
      const heard = new Heard();
      const subscription = bus.subscribe(marker, heard.listen);
      await bus.flush();
      await eventually(
        () => {
          for (const other of [a, b]) other.publish(marker, bytesOf("?"));
          return heard.messages.length >= 4;
        },
        { what: "a subscription is known everywhere" },
      );
      subscription.unsubscribe();
    }
  }

  describe("publish and subscribe", () => {
    it("a listener hears a publisher's messages in their order", async () => {
      const heard = new Heard();
      b.subscribe("feed.1", heard.listen);
      await listening(b);
      const texts = Array.from({ length: 500 }, (_, index) => String(index));
      for (const text of texts) a.publish("feed.1", bytesOf(text));
      expect(await heard.atLeast(500)).toEqual(texts.map((text) => `feed.1 ${text}`));
    });

    it("everybody who listens hears a message, its publisher too", async () => {
      const heard = [new Heard(), new Heard(), new Heard()];
      for (const [index, bus] of [a, b, b].entries()) bus.subscribe("feed", heard[index]!.listen);
      await listening(a, b);
      a.publish("feed", bytesOf("x"));
      for (const each of heard) expect(await each.atLeast(1)).toEqual(["feed x"]);
    });

    it("* stands for one token and > for the rest", async () => {
      const one = new Heard();
      const rest = new Heard();
      b.subscribe("md.*.trades", one.listen);
      b.subscribe("md.>", rest.listen);
      await listening(b);
      for (const subject of ["md", "md.a", "md.a.trades", "md.a.b.trades", "other.a.trades"]) {
        a.publish(subject, bytesOf(""));
      }
      a.publish("md.end", bytesOf(""));
      const expected = ["md.a ", "md.a.trades ", "md.a.b.trades ", "md.end "];
      expect(await rest.atLeast(4)).toEqual(expected);
      expect(one.messages).toEqual(["md.a.trades "]);
    });

    it("each message reaches one member of a queue", async () => {
      const members = [new Heard(), new Heard()];
      a.subscribe("work", members[0]!.listen, { queue: "workers" });
      b.subscribe("work", members[1]!.listen, { queue: "workers" });
      await listening(a, b);
      for (let index = 0; index < 100; index += 1) a.publish("work", bytesOf(String(index)));
      await eventually(() => members.flatMap((each) => each.messages).length >= 100, {
        what: "all work is given out",
      });
      const given = members.flatMap((each) => each.messages).sort();
      expect(new Set(given).size).toBe(100);
      expect(given).toHaveLength(100);
    });

    it("a listener that unsubscribed hears nothing more", async () => {
      const heard = new Heard();
      const witness = new Heard();
      const subscription = b.subscribe("feed", (message) => {
        heard.listen(message);
        subscription.unsubscribe();
      });
      b.subscribe("feed", witness.listen);
      await listening(b);
      for (let index = 0; index < 10; index += 1) a.publish("feed", bytesOf(String(index)));
      await witness.atLeast(10);
      expect(heard.messages).toEqual(["feed 0"]);
    });

    it("a payload of 900 KiB arrives as it was sent", async () => {
      const payload = Uint8Array.from({ length: 900 * 1024 }, (_, index) => index % 251);
      let arrived = new Uint8Array();
      b.subscribe("big", (message) => (arrived = new Uint8Array(message.payload)));
      await listening(b);
      a.publish("big", payload);
      await eventually(() => arrived.length > 0, { what: "it arrives" });
      expect(Buffer.compare(arrived, payload)).toBe(0);
    });

    it("a payload's memory may be used again once a flush has resolved", async () => {
      const told = (payload: Uint8Array): string => {
        const isWhole = payload.every((byte) => byte === payload[0]);
        return isWhole ? `${String(payload[0])} × ${String(payload.length)}` : "mixed";
      };
      const heard: Record<"a" | "b", { payload: Uint8Array; asItCame: string }[]> = {
        a: [],
        b: [],
      };
      const listen =
        (name: keyof typeof heard) =>
        ({ payload }: BusMessage): void => {
          heard[name].push({ payload, asItCame: told(payload) });
        };
      a.subscribe("feed", listen("a"));
      b.subscribe("feed", listen("b"));
      await listening(a, b);
      // A Buffer is bytes, too, and large messages may be passed on in another way than small ones.
      const memories = [new Uint8Array(200_000), Buffer.alloc(200_000)];
      const sent: string[] = [];
      for (let index = 1; index <= 24; index++) {
        const length = index % 3 === 0 ? 200_000 : index;
        const payload = memories[index % 2]!.subarray(0, length).fill(index);
        sent.push(told(payload));
        a.publish("feed", payload);
        await a.flush();
        payload.fill(0);
      }
      for (const messages of [heard.a, heard.b]) {
        await eventually(() => messages.length >= sent.length, { what: "all messages came" });
        expect(messages.map(({ asItCame }) => asItCame)).toEqual(sent);
        expect(messages.map(({ payload }) => told(payload))).toEqual(sent);
      }
    });

    it("what is no subject is a defect", () => {
      for (const subject of ["", ".", "a..b", "a b", "a\r\nPUB b 0\r\n", "a.*", "a.>", "ä"]) {
        expect(() => a.publish(subject, bytesOf("x"))).toThrow(InvariantViolation);
      }
      for (const pattern of ["", "a..b", "a.>.b", "a b", "a*"]) {
        expect(() => a.subscribe(pattern, () => undefined)).toThrow(InvariantViolation);
      }
    });
  });

  describe("request", () => {
    it("is answered by whoever listens", async () => {
      b.subscribe("greet", (message) =>
        message.respond?.(bytesOf(`hello ${textOf(message.payload)}`)),
      );
      await listening(b);
      const answers = ["x", "y"].map(async (name) =>
        textOf(await a.request("greet", bytesOf(name), { timeoutMs: 5000 })),
      );
      expect(await Promise.all(answers)).toEqual(["hello x", "hello y"]);
    });

    it("nobody can answer what was only published", async () => {
      let respond: unknown = "not heard yet";
      b.subscribe("greet", (message) => (respond = message.respond));
      await listening(b);
      a.publish("greet", bytesOf("x"));
      await eventually(() => respond !== "not heard yet", { what: "it is heard" });
      expect(respond).toBeUndefined();
    });

    it("fails at once when nobody listens", async () => {
      const asked = a.request("nobody.home", bytesOf("x"), { timeoutMs: 60_000 });
      await expect(asked).rejects.toThrow(NoResponders);
    });

    it("fails in time when nobody answers", async () => {
      const heard = new Heard();
      b.subscribe("silent", heard.listen);
      await listening(b);
      const asked = a.request("silent", bytesOf("x"), { timeoutMs: 50 });
      await expect(asked).rejects.toThrow(RequestTimedOut);
      expect(await heard.atLeast(1)).toEqual(["silent x"]);
    });
  });

  describe("connection", () => {
    it("a broken line is told of when it is back, and its subscriptions hold", async () => {
      const heard = new Heard();
      let reconnects = 0;
      b.subscribe("feed", heard.listen);
      b.onReconnect(() => (reconnects += 1));
      await listening(b);
      await world.interrupt(b, async () => a.publish("feed", bytesOf("perhaps lost")));
      expect(reconnects).toBe(1);
      await listening(b);
      a.publish("feed", bytesOf("heard"));
      await eventually(() => heard.messages.includes("feed heard"), { what: "it hears again" });
    });

    it("a closed bus refuses everything, and requests under way fail", async () => {
      b.subscribe("silent", () => undefined);
      await listening(b);
      const asked = a.request("silent", bytesOf("x"), { timeoutMs: 60_000 });
      const failed = expect(asked).rejects.toThrow(BusDisconnected);
      await a.close();
      await failed;
      expect(() => a.publish("feed", bytesOf("x"))).toThrow(BusDisconnected);
      expect(() => a.subscribe("feed", () => undefined)).toThrow(BusDisconnected);
      const options = { timeoutMs: 1000 };
      await expect(a.request("feed", bytesOf("x"), options)).rejects.toThrow(BusDisconnected);
      await expect(a.flush()).rejects.toThrow(BusDisconnected);
      await a.close();
    });
  });
}
