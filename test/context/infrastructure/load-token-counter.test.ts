import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/cl100k_base";
import { expect, test } from "vitest";
import { loadTokenCounter } from "../../../src/context/infrastructure/load-token-counter.ts";

const countTokens = await loadTokenCounter();
const counted = (text: string): number => encode(text, { disallowedSpecial: new Set() }).length;

test("lines that are counted one by one are as many tokens as the text is", () => {
  const piece = fc.constantFrom(
    ...["\n", "\n\n", "\r\n", "\r", " ", "    ", "\t", "\u00a0", "\u2028", "\v", "}", ");", "foo", "Bar9", "12345"],
    ...["'s", "é", "日本", "😀", "\u0301", "// a comment", "x = 1;", "<|endoftext|>"],
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
      (text) => {
        expect(countTokens(text)).toBe(counted(text));
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a line without a break is counted in slices: at most one token too many for each", () => {
  const text = "word ".repeat(2_000);
  const slices = Math.ceil(text.length / 1_000);
  expect(countTokens(text)).toBeGreaterThanOrEqual(counted(text));
  expect(countTokens(text)).toBeLessThanOrEqual(counted(text) + slices);
});

test("nothing is no token", () => {
  expect(countTokens("")).toBe(0);
});
