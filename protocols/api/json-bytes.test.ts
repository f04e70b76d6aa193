import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../assert.ts";
import { RecordWriter } from "../records.ts";
import { amounts } from "../testing/amounts.ts";
import { integers, revisions } from "../testing/identifiers.ts";
import { JsonBytes } from "./json-bytes.ts";
import { Held, JsonFields, JsonPiece } from "./json-pieces.ts";

const decoder = new TextDecoder();

function written(json: JsonBytes): string {
  const bytes = new Uint8Array(json.length);
  json.moveTo(bytes);
  return decoder.decode(bytes);
}

function rowOf(write: (writer: RecordWriter) => void): DataView {
  const writer = new RecordWriter();
  write(writer);
  const [, bytes] = writer.parts();
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const nothing = new JsonPiece("");

describe("a piece", () => {
  it("is copied as it is, however long", () => {
    const json = new JsonBytes();
    const texts = Array.from({ length: 80 }, (_, length) =>
      "é€𝄞abcdefgh".repeat(8).slice(0, length),
    );
    const sound = texts.map((text) => new TextDecoder().decode(new TextEncoder().encode(text)));
    for (const text of texts) json.piece(new JsonPiece(text));
    expect(written(json)).toBe(sound.join(""));
  });
});

describe("an integer", () => {
  const powers = Array.from({ length: 16 }, (_, power) => 10 ** power);
  const nearPowers = powers.flatMap((power) => [power - 1, power, power + 1, 3 * power]);
  const limits = [2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 44 + 7, Number.MAX_SAFE_INTEGER];

  it("is written with all its digits and no more, of any sign", () => {
    const json = new JsonBytes();
    for (const value of [0, ...nearPowers, ...limits].flatMap((value) => [value, -value])) {
      json.integer(nothing, value);
      expect(written(json)).toBe(String(value));
    }
    fc.assert(
      fc.property(integers, (value) => {
        json.integer(nothing, value);
        expect(written(json)).toBe(String(value));
      }),
    );
  });

  it("has all of its digits below a thousand, alone and behind others", () => {
    const json = new JsonBytes();
    for (let low = 0; low < 1000; low++) {
      for (const value of [low, 7_000 + low, 7_000_000 + low * 1000, 7_000_000_000_000 + low]) {
        json.integer(nothing, value);
        expect(written(json)).toBe(String(value));
      }
    }
  });

  it("is a defect when it is none, or too large to be exact", () => {
    const json = new JsonBytes();
    for (const value of [1.5, -0.5, 2 ** 31 + 0.5, 2 ** 53, -(2 ** 60), NaN, Infinity]) {
      expect(() => json.integer(nothing, value)).toThrow(InvariantViolation);
    }
  });
});

describe("memory", () => {
  it("grows in time, however full it is when a piece or an integer comes", () => {
    for (let before = 900; before < 1030; before++) {
      for (const label of ["", "a label"]) {
        const json = new JsonBytes();
        json.piece(new JsonPiece("x".repeat(before)));
        json.integer(new JsonPiece(label), 7);
        json.piece(new JsonPiece(label));
        expect(written(json)).toBe(`${"x".repeat(before)}${label}7${label}`);
      }
    }
  });
});

describe("text", () => {
  it("is written as JSON writes it", () => {
    const json = new JsonBytes();
    const texts = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme-ascii" }));
    fc.assert(
      fc.property(texts, (text) => {
        json.text(text);
        expect(written(json)).toBe(JSON.stringify(text));
      }),
    );
  });
});

describe("fields of a row", () => {
  const fields = new JsonFields([
    ["[", 0, Held.integer],
    [',"a label above 16 bytes",', 8, Held.amount],
    [",", 16, Held.u32],
    [',"', 20, Held.text],
  ]);
  const asciiTexts = fc.string({
    unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
    maxLength: 64,
  });

  it("are told as what was written into the row", () => {
    const json = new JsonBytes();
    fc.assert(
      fc.property(integers, amounts, revisions, asciiTexts, (integer, amount, count, text) => {
        const row = rowOf((writer) => {
          writer.integer(integer);
          writer.amount(amount);
          writer.u32(count);
          writer.text(text);
        });
        json.fields(fields, row, 0);
        const label = "a label above 16 bytes";
        expect(written(json)).toBe(
          `[${integer},"${label}",${amount},${count},${JSON.stringify(text).slice(0, -1)}`,
        );
      }),
    );
  });

  it("are told of bytes beyond ASCII, too, as reading the row tells them", () => {
    const json = new JsonBytes();
    const text = new JsonFields([['"', 0, Held.text]]);
    json.fields(text, new DataView(Uint8Array.of(3, 0x61, 0xe9, 0x80).buffer), 0);
    expect(written(json)).toBe('"aé\u0080');
  });

  it("find room at the end of the memory, whatever stands before them", () => {
    const row = rowOf((writer) => {
      writer.integer(-Number.MAX_SAFE_INTEGER);
      writer.amount(-(2n ** 62n));
      writer.u32(2 ** 32 - 1);
      writer.text("\u0001".repeat(64));
    });
    const alone = new JsonBytes();
    alone.fields(fields, row, 0);
    const text = written(alone);
    for (let before = 0; before < 1100; before++) {
      const json = new JsonBytes();
      json.piece(new JsonPiece("x".repeat(before)));
      json.fields(fields, row, 0);
      expect(written(json)).toBe("x".repeat(before) + text);
    }
  });

  it("stand behind labels of up to 32 bytes, and longer ones are a defect", () => {
    const json = new JsonBytes();
    const row = rowOf((writer) => writer.u32(7));
    for (let length = 0; length <= 32; length++) {
      const label = "abcdefghijklmnopqrstuvwxyz012345".slice(0, length);
      json.fields(new JsonFields([[label, 0, Held.u32]]), row, 0);
      expect(written(json)).toBe(`${label}7`);
    }

    expect(() => new JsonFields([["x".repeat(33), 0, Held.u32]])).toThrow(InvariantViolation);
  });
});
