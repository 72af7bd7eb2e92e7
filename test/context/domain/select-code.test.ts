import { describe, expect, it } from "vitest";
import { searchTerms } from "../../../src/context/domain/search-terms.ts";
import { selectCode } from "../../../src/context/domain/select-code.ts";

const countTokens = (text: string): number => Math.ceil(text.length / 4);
const files = [
  { path: "src/invoice.js", text: 'import { roundCents } from "./money.js";\nexport function invoiceTotal() {}\n' },
  { path: "src/money.js", text: "export function roundCents(x) {}\n" },
  { path: "src/mail.js", text: "export function sendMail() {}\n" },
  { path: "README.md", text: "An invoice library.\n" },
];

describe("the code that a text is about", () => {
  it("is found by terms in path and content, with what it imports", () => {
    const { files: found } = selectCode(files, "The invoice total is wrong", 2_000, countTokens);
    expect(found.map(({ path }) => path)).toEqual(["README.md", "src/invoice.js", "src/money.js"]);
  });

  it("stays within its budget and names what did not fit", () => {
    const { files: found, tokens, dropped } = selectCode(files, "The invoice total is wrong", 55, countTokens);
    expect(found.map(({ path }) => path)).toEqual(["src/invoice.js"]);
    expect(tokens).toBeLessThanOrEqual(55);
    expect(dropped).toContain("src/money.js");
  });

  it("comes as the part with most matches where a file is too large", () => {
    const lines = Array.from({ length: 1_000 }, (_, index) =>
      index === 700 ? "export function roundCents() {}" : `// filler line ${index}`,
    );
    const { files: found } = selectCode([{ path: "big.js", text: lines.join("\n") }], "roundCents", 600, countTokens);
    expect(found[0]?.lines).toMatchObject({ of: 1_000 });
    expect(found[0]?.text).toContain("roundCents");
  });

  it("is at most 20 files", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ path: `src/a${index}.js`, text: "invoice" }));
    expect(selectCode(many, "invoice", 100_000, countTokens).files).toHaveLength(20);
  });

  it("holds no secret", () => {
    const { files: found } = selectCode(
      [{ path: "config.js", text: 'const password = "hunter22";' }],
      "config",
      1_000,
      countTokens,
    );
    expect(found[0]?.text).toBe("const password = [redacted: password];");
  });

  it("is nothing where no term is known", () => {
    expect(selectCode(files, "zebra", 1_000, countTokens).files).toEqual([]);
  });
});

it("terms are words without case, plural and what is everywhere", () => {
  expect([...searchTerms("The invoiceTotals of a story, INVOICE_TOTAL!")]).toEqual(["invoice", "total"]);
});
