import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "./assert.ts";
import { MalformedRecords, pack, RecordReader, RecordWriter, unpack } from "./records.ts";

const wordName = { bit: 1, what: "a word", is: (text: string) => /^[a-z]+$/.test(text) };

/** What a batch reads as when `write` wrote it and `read` reads it. */
function through<Value>(
  write: (writer: RecordWriter) => void,
  read: (reader: RecordReader) => Value,
): Value {
  const writer = new RecordWriter();
  writer.begin(1);
  write(writer);
  const reader = RecordReader.of(writer.finish());
  expect(reader.kind()).toBe(1);
  const value = read(reader);
  expect(reader.hasMore).toBe(false);
  return value;
}

describe("a batch of records", () => {
  it("gives back what was written", () => {
    const { u8, u16, u32, flag } = through(
      (writer) => {
        writer.u8(255);
        writer.u16(65_535);
        writer.u32(4_294_967_295);
        writer.flag(true);
        writer.flag(false);
      },
      (reader) => ({
        u8: reader.u8(),
        u16: reader.u16(),
        u32: reader.u32(),
        flag: [reader.flag(), reader.flag()],
      }),
    );
    expect([u8, u16, u32, flag]).toEqual([255, 65_535, 4_294_967_295, [true, false]]);
  });

  it("holds integers as far as a number counts exactly", () => {
    for (const value of [0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      const write = (writer: RecordWriter): void => writer.integer(value);
      expect(through(write, (reader) => reader.integer())).toBe(value);
    }
  });

  it("has one zero", () => {
    const zero = through(
      (writer) => writer.integer(-0),
      (reader) => reader.integer(),
    );
    expect(Object.is(zero, 0)).toBe(true);
  });

  it("holds amounts to the limits of a 64-bit ledger field", () => {
    const limits = [0, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, 2n ** 53n];
    for (const amount of [...limits, 2n ** 63n - 1n, -(2n ** 63n - 1n), -(2n ** 53n)]) {
      const write = (writer: RecordWriter): void => writer.amount(amount);
      expect(through(write, (reader) => reader.amount())).toBe(amount);
    }
  });

  it("holds text of every length that an id has", () => {
    for (let length = 0; length <= 64; length++) {
      const text = "0123456789_:-azAZ".repeat(4).slice(0, length);
      const write = (writer: RecordWriter): void => writer.text(text);
      expect(through(write, (reader) => reader.text())).toBe(text);
    }
  });

  it("holds ASCII that lies as bytes as it holds text", () => {
    const all = "0123456789_:-azAZ \x00\x7f".repeat(4);
    const bytes = new TextEncoder().encode(`ÿ${all}ÿ`);
    const from = 2; // Behind a letter of two bytes, which is none of the text's.
    for (let length = 0; length <= 64; length++) {
      const ascii = new RecordWriter();
      ascii.begin(1);
      ascii.ascii({ bytes, from, end: from + length });
      ascii.u8(7);
      const text = new RecordWriter();
      text.begin(1);
      text.text(all.slice(0, length));
      text.u8(7);
      expect(ascii.finish()).toEqual(text.finish());
    }
  });

  it("gives the text of any bytes, of every length", () => {
    for (let length = 0; length <= 64; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length * 11) & 0xff);
      const rows = Uint8Array.of(length, ...bytes);
      const text = new RecordReader([[], rows, []]).text();
      expect(text).toBe(String.fromCharCode(...bytes));
    }
  });

  it("names what repeats once", () => {
    const writer = new RecordWriter();
    for (const name of ["alice", "bob", "alice", "alice"]) {
      writer.begin(1);
      writer.name(name);
    }
    const [names, rows] = writer.parts();
    expect(names).toEqual(["alice", "bob"]);
    expect(rows).toHaveLength(12);
    const reader = RecordReader.of(writer.finish());
    const read: string[] = [];
    while (reader.hasMore) {
      reader.kind();
      read.push(reader.name());
    }
    expect(read).toEqual(["alice", "bob", "alice", "alice"]);
  });

  describe("with names", () => {
    /** A hundred of all lengths; the first forty differ in their first character only. */
    const table = [
      ...Array.from({ length: 40 }, (_, at) => `${String.fromCharCode(65 + at)}-name`),
      ...Array.from({ length: 60 }, (_, at) => `${"n".repeat(at % 7)}${String(at)}`),
      "",
    ];

    /** The batch in which these names were written, as the description of it says. */
    function described(names: readonly string[]): Uint8Array {
      const numbers = new Map<string, number>();
      const rows = names.flatMap((name) => {
        const number = numbers.get(name) ?? numbers.size;
        numbers.set(name, number);
        return [9, number & 0xff, number >> 8];
      });
      return pack([[...numbers.keys()], Uint8Array.from(rows), []]);
    }

    function write(writer: RecordWriter, names: readonly string[]): Uint8Array {
      for (const name of names) {
        writer.begin(9);
        // Not the same string as before, only an equal one.
        writer.name(Buffer.from(name).toString());
      }
      return writer.finish();
    }

    it("numbers them in the order of their first use, however they alternate", () => {
      const alternating = Array.from({ length: 120 }, (_, at) => table[at % 40]!);
      const there = [...table, ...table.toReversed(), ...table];
      for (const names of [alternating, there, ["a", "a", "b", "a", "b", "c", "a"]]) {
        expect(write(new RecordWriter(), names)).toEqual(described(names));
      }
    });

    it("numbers them anew in each batch", () => {
      const batches = fc.array(fc.array(fc.constantFrom(...table), { maxLength: 200 }));
      const property = fc.property(batches, (list) => {
        const writer = new RecordWriter();
        for (const names of list) {
          expect(write(writer, names)).toEqual(described(names));
          writer.reset();
        }
      });
      fc.assert(property, { numRuns: 200 });
      const writer = new RecordWriter();
      write(writer, ["alice", "bob"]);
      writer.reset();
      expect(write(writer, ["bob", "alice", "bob"])).toEqual(described(["bob", "alice", "bob"]));
    });
  });

  it("numbers more names than sixteen bits can", () => {
    // One order that meets the resting orders of 70,000 accounts is one step.
    const writer = new RecordWriter();
    for (let number = 0; number < 70_000; number++) {
      writer.begin(1);
      writer.name(`account-${String(number)}`);
    }
    const reader = RecordReader.of(writer.finish());
    for (let number = 0; number < 70_000; number++) {
      reader.kind();
      if (reader.name() !== `account-${String(number)}`) expect.fail(`name ${String(number)}`);
    }
    expect(reader.hasMore).toBe(false);
  });

  it("grows as far as it must and keeps what was written", () => {
    const writer = new RecordWriter();
    for (let number = 0; number < 5000; number++) {
      writer.begin(2);
      writer.integer(number);
      writer.text(`text-${String(number)}`);
    }
    const reader = RecordReader.of(writer.finish());
    for (let number = 0; number < 5000; number++) {
      expect([reader.kind(), reader.integer(), reader.text()]).toEqual([
        2,
        number,
        `text-${String(number)}`,
      ]);
    }
    expect(reader.hasMore).toBe(false);
  });

  it("is packed as any msgpack list is, at every length that its rows may have", () => {
    const writer = new RecordWriter();
    for (const length of [0, 255, 256, 65_535, 65_536, 70_000]) {
      writer.reset();
      for (let count = 0; count < length; count++) {
        if (count % 200 === 0) writer.begin(1);
        else writer.u8(count % 256);
      }
      if (length === 256) writer.ordinary([1, "more"]);
      if (length === 255) writer.name("name");
      expect(writer.finish()).toEqual(pack(writer.parts()));
    }
  });

  it("says how long it will be, and never too little", () => {
    const writer = new RecordWriter();
    expect(writer.length).toBe(0);
    for (let number = 0; number < 300; number++) {
      writer.begin(1);
      writer.name(`name-${String(number % 100)}`);
      writer.integer(number);
      writer.ordinary([7, "text – more text", 2n ** 60n, true, [[], ["nested", 1]]]);
      expect(writer.length).toBeGreaterThanOrEqual(writer.finish().length - 16);
    }
    expect(writer.length).toBeLessThan(writer.finish().length * 3);
    writer.reset();
    expect(writer.length).toBe(0);
    expect(writer.finish()).toEqual(new RecordWriter().finish());
  });
});

describe("writing what a record cannot hold", () => {
  it("is a defect", () => {
    const writer = new RecordWriter();
    writer.begin(1);
    for (const value of [0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => writer.integer(value)).toThrow(InvariantViolation);
      expect(() => writer.amount(value)).toThrow(InvariantViolation);
    }
    expect(() => writer.amount(7n)).toThrow(InvariantViolation);
    expect(() => writer.amount(2n ** 63n)).toThrow(InvariantViolation);
    expect(() => writer.text("x".repeat(65))).toThrow(InvariantViolation);
    expect(() => writer.text("é")).toThrow(InvariantViolation);
    const bytes = new Uint8Array(100).fill(65);
    expect(() => writer.ascii({ bytes, from: 0, end: 65 })).toThrow("text is too long for a row");
    expect(() => writer.ascii({ bytes, from: 9, end: 8 })).toThrow(InvariantViolation);
    for (const [at, code] of [[10, 0x80] as const, [12, 0xff] as const, [15, 0xc3] as const]) {
      const other = bytes.with(at, code);
      expect(() => writer.ascii({ bytes: other, from: 10, end: 16 })).toThrow("ASCII");
      expect(() => writer.ascii({ bytes: other, from: at, end: at + 1 })).toThrow("ASCII");
      expect(() => writer.ascii({ bytes: other, from: at + 1, end: 30 })).not.toThrow();
    }
    expect(() => writer.name("not a word", wordName)).toThrow(InvariantViolation);
    expect(() => writer.name("word", wordName)).not.toThrow();
  });
});

describe("bytes that are no batch", () => {
  it.each([
    ["nothing", new Uint8Array()],
    ["a list cut short", Uint8Array.of(0x93)],
    ["a list and more", Uint8Array.of(0x90, 0x90)],
    ["an unused token", Uint8Array.of(0xc1)],
    ["a length beyond the end", Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ["lists nested without end", new Uint8Array(60_000).fill(0x91)],
  ])("are malformed: %s", (_, bytes) => {
    expect(() => RecordReader.of(bytes)).toThrow(MalformedRecords);
  });

  it("say what was wrong underneath", () => {
    const malformed = new MalformedRecords("why", { cause: 7 });
    expect(malformed).toMatchObject({
      name: "MalformedRecords",
      message: "why",
      code: "records-malformed",
      disposition: "fatal",
      cause: 7,
    });
    expect(() => unpack(Uint8Array.of(0x93))).toThrow("not msgpack");
  });

  it.each([
    ["a map", {}],
    ["text", "batch"],
    ["a list of two", [[], new Uint8Array()]],
    ["a list of four", [[], new Uint8Array(), [], []]],
    ["names that are no list", ["names", new Uint8Array(), []]],
    ["names that are not all text", [["a", 7], new Uint8Array(), []]],
    ["rows that are no bytes", [[], [1, 2], []]],
    ["ordinary records that are no list", [[], new Uint8Array(), {}]],
  ])("are malformed: %s", (_, parts) => {
    expect(() => new RecordReader(parts)).toThrow(MalformedRecords);
    expect(() => RecordReader.of(pack(parts))).toThrow(MalformedRecords);
  });
});

describe("reading beyond what is there", () => {
  const reader = (rows: readonly number[], names: string[] = [], ordinary: unknown[] = []) =>
    new RecordReader([names, Uint8Array.from(rows), ordinary]);

  it("is malformed for every field", () => {
    expect(() => reader([]).kind()).toThrow("row cut short");
    expect(() => reader([1]).u16()).toThrow("row cut short");
    expect(() => reader([1, 2, 3]).u32()).toThrow("row cut short");
    expect(() => reader([1, 2, 3, 4, 5, 6, 7]).integer()).toThrow("row cut short");
    expect(() => reader([1, 2, 3, 4, 5, 6, 7]).amount()).toThrow("row cut short");
    expect(() => reader([3, 65, 66]).text()).toThrow("row cut short");
    expect(() => reader([0, 0]).name()).toThrow("name beyond the table");
    expect(() => reader([0xff, 0xff, 1, 0, 0, 0], ["a"]).name()).toThrow("name beyond the table");
    expect(() => reader([]).ordinary()).toThrow("ordinary record missing");
    expect(() => reader([], [], [7]).ordinary()).toThrow("ordinary record missing");
  });

  it("does not reach into the bytes around the rows", () => {
    const around = Uint8Array.from([9, 9, 1, 2, 9, 9]);
    const rows = new RecordReader([[], around.subarray(2, 4), []]);
    expect(rows.u16()).toBe(0x0201);
    expect(rows.hasMore).toBe(false);
    expect(() => rows.u8()).toThrow(MalformedRecords);
  });
});

describe("values that no writer writes", () => {
  const reader = (...rows: number[]) => new RecordReader([["UPPER"], Uint8Array.from(rows), []]);
  const doubles = (value: number) => [...new Uint8Array(Float64Array.of(value).buffer)];

  it("are malformed", () => {
    for (const value of [0.5, NaN, Infinity, -Infinity, 2 ** 53]) {
      expect(() => reader(...doubles(value)).integer()).toThrow("not a safe integer");
    }
    expect(() => reader(0, 0, 0, 0, 0, 0, 0, 0x80).amount()).toThrow("not an amount");
    expect(() => reader(2).flag()).toThrow("beyond the closed list");
    expect(() => reader(3).choice(2)).toThrow("beyond the closed list");
    expect(() => reader(65, ...Array.from({ length: 65 }, () => 65)).text()).toThrow("too long");
    expect(() => reader(0, 0).name(wordName)).toThrow("name is not a word");
  });

  it("read -0 as 0, which no snapshot could tell apart", () => {
    expect(Object.is(reader(...doubles(-0)).integer(), 0)).toBe(true);
  });

  it("leave nothing over: ordinary records that no row points at are malformed", () => {
    const extra = new RecordReader([[], new Uint8Array(), [[122]]]);
    expect(() => extra.hasMore).toThrow(MalformedRecords);
  });
});

describe("packing", () => {
  it("gives the same bytes for the same data, and the data back", () => {
    const data = [
      1,
      -1,
      2 ** 40,
      2n ** 60n,
      "text – ü",
      true,
      null,
      new Uint8Array([1, 2]),
      { b: 1, a: [] },
    ];
    expect(pack(data)).toEqual(pack(structuredClone(data)));
    const back = unpack(pack(data)) as unknown[];
    expect(back.map((value) => (value instanceof Uint8Array ? [...value] : value))).toEqual(
      data.map((value) => (value instanceof Uint8Array ? [...value] : value)),
    );
  });

  it("gives bytes of their own, not a window onto a shared buffer", () => {
    expect(pack([1]).buffer.byteLength).toBe(2);
  });
});
