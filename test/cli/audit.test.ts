import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseLimit, parseStory, readKept, recordsText, verifiedText } from "../../src/cli/audit.ts";

test("tells whether the audit log is what was written, by installation", () => {
  expect(verifiedText([])).toBe("The audit log is empty.");
  const text = verifiedText([
    { installation: 1, records: 42, hash: "ab".repeat(32), fault: null },
    { installation: 2, records: 16, hash: "cd".repeat(32), fault: { sequence: 17, what: "removed" } },
    { installation: 3, records: 20, hash: "ef".repeat(32), fault: { sequence: 18, what: "rewritten" } },
  ]);
  expect(text).toMatchInlineSnapshot(`
    "Installation 1: 42 records, all as they were written. The last hash is abababababababababababababababababababababababababababababababab; what --json prints, kept elsewhere, shows later with --kept whether the log was written anew.
    Installation 2: record 17 is missing; those before it are as they were written.
    Installation 3: record 18 is not the one that was kept: up to it the log was written anew."
  `);
});

test("reads what was kept, and says what it must be", () => {
  const directory = mkdtempSync(join(tmpdir(), "kept-"));
  const file = join(directory, "kept.json");
  try {
    writeFileSync(file, JSON.stringify([{ installation: 1, records: 42, hash: "ab", fault: null }]));
    expect(readKept(file)).toEqual([{ installation: 1, records: 42, hash: "ab" }]);
    for (const text of ["", "{}", '[{ "installation": 1 }]']) {
      writeFileSync(file, text);
      expect(() => readKept(file)).toThrow("must be a file that `fleet audit verify --json` wrote");
    }
    expect(() => readKept(directory)).toThrow(`--kept=${directory}: must be a file`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("lists records in a line each", () => {
  expect(recordsText([])).toBe("The audit log holds nothing of that.");
  const record = {
    ...{ sequence: 3, at: "2026-03-01T12:00:00.000Z", installation: 1, story: "100-12", task: null, name: "@rita" },
    ...{ role: null, action: "approve-scope", outcome: "denied" as const, detail: "role-missing in po-review: no" },
  };
  const task = { ...record, sequence: 2, task: "100-12-p1-t1", name: "agent:qa:1", role: "qa", action: "write" };
  expect(recordsText([record, task])).toMatchInlineSnapshot(`
    "2026-03-01T12:00:00.000Z 1/3 @rita: approve-scope on 100-12 denied (role-missing in po-review: no)
    2026-03-01T12:00:00.000Z 1/2 agent:qa:1 as qa: write on 100-12-p1-t1 denied (role-missing in po-review: no)"
  `);
});

test("reads a story by its issue or its id, and a count, and says what else is wrong", () => {
  expect(parseStory("acme/shop#12")).toEqual({ repository: "acme/shop", issue: 12 });
  expect(parseStory("100-12")).toEqual({ repository: 100, issue: 12 });
  expect(() => parseStory("12")).toThrow("--story=12: must be a story as owner/name#number");
  expect(parseLimit("50")).toBe(50);
  for (const wrong of ["0", "-1", "10001", "x"]) expect(() => parseLimit(wrong)).toThrow(`--limit=${wrong}`);
});
