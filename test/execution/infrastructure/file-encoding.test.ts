import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFile, encodeFile } from "../../../src/execution/infrastructure/file-encoding.ts";

describe("decodeFile", () => {
  it.each([
    ["UTF-8", Buffer.from("café\n"), { text: "café\n", encoding: "utf-8" }],
    ["UTF-8 with a mark", Buffer.from("\uFEFFa"), { text: "\uFEFFa", encoding: "utf-8" }],
    ["nothing", Buffer.alloc(0), { text: "", encoding: "utf-8" }],
    ["Latin-1", Buffer.from("un café\r\n", "latin1"), { text: "un café\r\n", encoding: "windows-1252" }],
    ["mostly bytes beyond ASCII", Buffer.from([0x82, 0xa0, 0x82, 0xa2, 0x0a]), null],
    ["control characters", Buffer.from("caf\u00e9 \u0001 and more text", "latin1"), null],
  ])("reads %s", (_, bytes, expected) => {
    expect(decodeFile(bytes)).toEqual(expected);
  });

  it("gives back every byte as it was", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const decoded = decodeFile(bytes);
        if (decoded !== null) expect(encodeFile(decoded.text, decoded.encoding)).toEqual(Buffer.from(bytes));
      }),
    );
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = new TextDecoder("windows-1252").decode(all);
    expect(encodeFile(text, "windows-1252")).toEqual(Buffer.from(all));
  });

  it("names a character that the encoding does not have", () => {
    expect(encodeFile("a → b", "windows-1252")).toEqual({ missing: "→" });
  });
});
