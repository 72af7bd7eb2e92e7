import { describe, expect, it } from "vitest";
import { gatherEvidence } from "../../../../src/context/application/gather-evidence.ts";
import { chooseCode } from "../../../../src/context/domain/code/choose-code.ts";
import { buildCodeGraph } from "../../../../src/context/domain/code/code-graph.ts";
import { bounds } from "../../../../src/context/domain/code/evidence.ts";
import { type Commit, readHistoryOf } from "../../../../src/context/domain/code/history.ts";
import { openMemoryIndex } from "../../../../src/context/domain/code/memory-index.ts";
import { rankCode } from "../../../../src/context/domain/code/rank-code.ts";
import { parsedTree } from "../../parsed-tree.ts";

const files = {
  "src/price.ts": 'import { applyTax } from "./tax.ts";\nexport const grossPrice = (n: number) => applyTax(n);\n',
  "src/tax.ts": "export function applyTax(n: number) { return n * rate; }\nconst rate = 1.2;\n",
  "src/report.ts": "export function monthlyReport() { return []; }\n",
  "src/merge.ts": "export function merge() {}\n",
  "src/schedule.ts": "export function every() {}\n",
  "test/price.test.ts":
    'import { grossPrice } from "../src/price.ts";\nit("has tax on it", () => { grossPrice(1); });\n',
  "docs/report.md": "# How the monthly report is made\n",
};

const changed = (...paths: string[]): Commit => ({
  id: "1",
  day: "2025-01-01",
  subject: "Change",
  changes: paths.map((path) => ({ path, renamedFrom: null })),
});

async function rankIn(tree: Readonly<Record<string, string>>, text: string, commits: readonly Commit[]) {
  const graph = buildCodeGraph(await parsedTree(tree));
  const history = readHistoryOf(commits, new Set(graph.files.keys()));
  return [...rankCode(await gatherEvidence(openMemoryIndex(graph, history, "c1"), text))];
}

async function rank(text: string, commits: readonly Commit[] = []) {
  const ranked = await rankIn(files, text, commits);
  const found = (key: string) => ranked.find(({ entry }) => entry.key === key);
  return { ranked, found, keys: ranked.map(({ entry }) => entry.key) };
}

describe("what a text is about", () => {
  it.each([
    ["`grossPrice` is wrong", "src/price.ts#grossPrice"],
    ["grossPrice() is wrong", "src/price.ts#grossPrice"],
    ["see src/tax.ts", "src/tax.ts#applyTax"],
    ["see ./tax.ts:1", "src/tax.ts#applyTax"],
    ["The gross prices are too high", "src/price.ts#grossPrice"],
    ["applying taxes", "src/tax.ts#applyTax"],
    ["make monthly reports", "src/report.ts#monthlyReport"],
  ])("%s: %s", async (text, first) => expect((await rank(text)).keys[0]).toBe(first));

  it.each([
    "some.apply is wrong: notes of all the rates",
    'File "src/pay.ts", line 1, in apply\n  notes of all the rates',
    "Error: notes of all the rates\n    at apply (pay.js:1:2)",
    "Pay.prototype.apply is wrong: notes of all the rates",
  ])("%s: a member and a stack trace's function are named outright, though their name is a word", async (text) => {
    const tree = {
      "src/pay.ts": "export const apply = () => 1;\n",
      "src/notes.ts": "/** Notes of all the rates. */\nexport function rates() {}\n",
    };
    const ranked = await rankIn(tree, text, []);
    expect(ranked.filter(({ isNamed }) => isNamed).map(({ entry }) => entry.key)).toContain("src/pay.ts#apply");
    expect((await rankIn(tree, "We apply rates", [])).filter(({ isNamed }) => isNamed)).toEqual([]);
  });

  it.each(["see package.json", "at example.com", "by me@host.apply", "http://docs.apply/x", "from docs.apply/x"])(
    "%s: a file's or a host's ending is no member",
    async (text) => {
      const tree = {
        "src/pay.ts": "export const json = () => 1;\nexport const com = () => 1;\nexport const apply = () => 1;\n",
      };
      const ranked = await rankIn(tree, text, []);
      expect(ranked.filter(({ isNamed }) => isNamed)).toEqual([]);
    },
  );

  it.each([
    ["Tax.rate is wrong", "src/tax.ts#rate"],
    ["money.Round is wrong", "money/round.go#Round"],
  ])("%s: what a module is called after owns what it defines", async (text, first) => {
    const tree = {
      ...files,
      "src/interest.ts": "export const rate = 2; export function wrongRate() {}\n",
      "money/round.go": "package money\nfunc Round() {}\n",
      "cart/round.go": "package cart\nfunc Round() {}\nfunc WrongRound() {}\n",
    };
    expect((await rankIn(tree, text, []))[0]?.entry.key).toBe(first);
  });

  it("is what it names, where all that is called so calls and lends to one another", async () => {
    const steps = Array.from(
      { length: 60 },
      (_, at) => `export function step${at + 1}() { step${at}(); stepOther${at}(); }\n`,
    );
    const others = Array.from({ length: 60 }, (_, at) => `export function stepOther${at}() { step${at}(); }\n`);
    const tree = { "src/steps.ts": [...steps, ...others].join(""), "src/z.ts": "export function stepAlone() {}\n" };
    expect((await rankIn(tree, "`stepAlone` is a step too far: steps, other steps", []))[0]?.entry.key).toBe(
      "src/z.ts#stepAlone",
    );
  });

  it("is what it names with its owner, in all its forms, before what says more of its words", async () => {
    const tree = {
      "src/Strings.java":
        "class Strings { static String join(int[] a) { return null; } static String join(long[] a) { return null; } }",
      "src/Wrong.java": "class Wrong { void joinIsWrong() {} void wrongJoinOfStrings() {} }",
      "src/test/StringsTest.java": "class StringsTest { @Test void joinIsWrongForStrings() {} }",
      "CHANGES.md": "# Changes\n\n- Strings.join is wrong no more: the wrong join of strings\n",
    };
    for (const text of ["Strings.join is wrong", "Strings#join is wrong", "Strings::join() is wrong"]) {
      const ranked = await rankIn(tree, text, []);
      const first = ranked.slice(0, 2).map(({ entry }) => entry.key);
      expect(first.sort()).toEqual(["src/Strings.java#Strings.join", "src/Strings.java#Strings.join~2"]);
      expect(ranked.filter(({ isNamed, entry }) => isNamed && entry.symbol?.name !== "Strings")).toHaveLength(2);
      expect(ranked.at(-1)?.entry.key).toBe("CHANGES.md");
    }
  });

  it("is what it names, where hundreds of files have as many of its words", async () => {
    const alike = Object.fromEntries(
      Array.from({ length: bounds.keys + bounds.postings }, (_, at) => [
        `src/file${at}.ts`,
        `export const n${at} = 1;\n`,
      ]),
    );
    const tree = { ...alike, "src/z/file99999.ts": "export const n99999 = 1;\n" };
    const [first] = await rankIn(tree, "Change n99999 in src/z/file99999.ts.", []);
    expect(first?.entry.key).toBe("src/z/file99999.ts#n99999");
  });

  it("is what it names, also where that one's words are everywhere and others come before it", async () => {
    const steps = Array.from({ length: bounds.postings + 20 }, (_, n) => [
      `deep/m${n}.ts`,
      `export const step${n} = 1;\n`,
    ]);
    const tree = { ...Object.fromEntries(steps), "deep/z1.ts": "export const step9999 = 1;\n" };
    const [symbol, file] = [await rankIn(tree, "`step9999` is wrong", []), await rankIn(tree, "see deep/z1.ts", [])];
    expect([symbol[0]?.entry.key, file[0]?.entry.path]).toEqual(["deep/z1.ts#step9999", "deep/z1.ts"]);
    expect(symbol[0]?.why()).toContain("named in the text");
  });

  it("brings what it calls, at its distance, with the reason", async () => {
    const { ranked, found } = await rank("`grossPrice` is wrong");
    expect(found("src/tax.ts#applyTax")?.distance).toBe(1);
    expect(found("src/tax.ts#applyTax")?.why()).toEqual(["is called by src/price.ts#grossPrice"]);
    expect(ranked[0]?.distance).toBe(0);
    expect(ranked[0]?.why()).toContain("named in the text");
  });

  it("brings what changes together with it", async () => {
    const commits = [changed("src/tax.ts", "src/schedule.ts"), changed("src/tax.ts", "src/schedule.ts")];
    const text = "src/tax.ts is wrong";
    expect((await rank(text)).keys).not.toContain("src/schedule.ts#every");
    const { found } = await rank(text, commits);
    expect(found("src/schedule.ts#every")?.why()).toEqual(["changed together with src/tax.ts in 2 commits"]);
  });

  it("is covered by the tests that reach it", async () => {
    const { ranked } = await rank("`grossPrice` is wrong");
    expect(chooseCode(ranked).chosen.map(({ entry }) => entry.key)).toContain("test/price.test.ts#has tax on it");
  });

  it("may be prose", async () => {
    expect((await rank("monthly report")).keys).toContain("docs/report.md");
  });

  it("may be nothing here", async () => expect((await rank("zebra crossing")).keys).toEqual([]));
});

it("at most 20 symbols are chosen, and at most 8 of a file; the others may stand in outlines", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 6 }, (_, file) => [
      `src/f${file}.ts`,
      Array.from({ length: 10 }, (__, at) => `export function invoice${file}${at}() {}`).join("\n"),
    ]),
  );
  const { chosen } = chooseCode(await rankIn(many, "invoice of src/f0.ts", []));
  const main = chosen.filter(({ isMain }) => isMain);
  expect(main).toHaveLength(20);
  expect(main.filter(({ entry }) => entry.path === "src/f0.ts")).toHaveLength(8);
  expect(chosen).toHaveLength(60);
});

it("what an index is asked does not grow with the repository", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [
      `src/f${at}.ts`,
      `import "./f0.ts";\nexport function invoice${at}() { invoice0(); }\nexport function bill${at}() {}\n`,
    ]),
  );
  const graph = buildCodeGraph(await parsedTree(many));
  const { postings, entries, edges } = await gatherEvidence(
    openMemoryIndex(graph, readHistoryOf([], new Set()), "c1"),
    "the invoice and the bill of f0.ts",
  );
  for (const { best } of postings.values()) expect(best.length).toBeLessThanOrEqual(bounds.postings);
  const asked = bounds.seeds + bounds.files + bounds.furtherFiles;
  expect(edges.length).toBeLessThanOrEqual(asked * bounds.neighbours * 6);
  expect(entries.size).toBeLessThan(bounds.keys + 2 * asked * 6);
});
