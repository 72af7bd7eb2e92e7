import { z } from "zod";
import type { TestResult } from "../../check-matrix.ts";
import { cleanText } from "../failure-lines.ts";
import { named } from "./test-names.ts";

/** One line of our own runner for Python's unittest. */
const line = z.object({
  /** `module.Class.method`. */
  id: z.string(),
  file: z.string().catch(""),
  verdict: z.enum(["pass", "fail", "skipped"]),
  reason: z.string().nullable().catch(null),
});

/** Reads the lines of our unittest runner. A module that cannot be imported is a failing test of its file's name. */
export function fromUnittest(text: string): TestResult[] | null {
  const tests: TestResult[] = [];
  for (const each of text.split("\n")) {
    const read = line.safeParse(json(each)).data;
    if (read === undefined) continue;
    const { id, file, verdict, reason } = read;
    const broken = /^unittest\.loader\._FailedTest\.(.+)$/.exec(id)?.[1];
    const parts = broken === undefined ? partsOf(id, file) : [`${broken.replaceAll(".", "/")}.py`];
    tests.push({ name: named(parts), verdict, reason: reason === null ? null : cleanText(reason) });
  }
  return tests.length === 0 ? null : tests;
}

function partsOf(id: string, file: string): readonly string[] {
  const parts = id.split(".");
  return file === "" ? parts : [file, ...parts.slice(-2)];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
