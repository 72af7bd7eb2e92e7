import type { TestResult } from "../../check-matrix.ts";
import { cleanText } from "../failure-lines.ts";
import { named } from "./test-names.ts";

const verdicts = { ok: "pass", FAILED: "fail", ignored: "skipped" } as const;

/**
 * Reads what `cargo test` prints, both streams in one text: stable Rust has no report for machines. A test is named after
 * the source of its binary (`src/lib.rs`, `tests/api.rs`, `doc-tests`) and its path; a documentation's test without its
 * line, which every edit above it changes. Null when nothing of it is there.
 */
export function fromCargo(text: string): TestResult[] | null {
  const tests: { name: string; path: string; verdict: TestResult["verdict"] }[] = [];
  const reasons = new Map<string, string>();
  let binary = "";
  let failing = "";
  let seen = false;
  for (const line of text.split(/\r?\n/)) {
    const running = /^\s+Running (?:unittests )?(\S+)(?: \(|$)/.exec(line)?.[1];
    if (running !== undefined) binary = running;
    else if (/^\s+Doc-tests /.test(line)) binary = "doc-tests";
    if (/^running \d+ tests?$/.test(line)) seen = true;
    const test = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)\b/.exec(line);
    const [, path = "", word = ""] = test ?? [];
    if (word === "ok" || word === "FAILED" || word === "ignored") {
      tests.push({ name: named([binary, path]), path, verdict: verdicts[word] });
    }
    const section = /^---- (.+?)(?: - should panic)? stdout ----$/.exec(line)?.[1];
    if (section !== undefined) failing = named([binary, section]);
    else if (line === "" || line === "failures:") continue;
    else if (/^test result:/.test(line)) failing = "";
    else if (failing !== "" && (reasons.get(failing) ?? "").length < 500) {
      reasons.set(failing, `${reasons.get(failing) ?? ""}${line}\n`);
    }
  }
  if (!seen) return null;
  return inOrder(tests).map(({ name, verdict }) => ({
    name: name.replace(lineOfTest, ""),
    verdict,
    reason: verdict === "fail" ? reasonOf(reasons.get(name) ?? "") : null,
  }));
}

const lineOfTest = / \(line (\d+)\)/;

/** Tests of one piece of documentation are told apart by their order there; they run in any. */
function inOrder<T extends { readonly name: string }>(tests: readonly T[]): readonly T[] {
  const line = ({ name }: T): number => Number(lineOfTest.exec(name)?.[1] ?? 0);
  return [...tests].sort((a, b) => line(a) - line(b));
}

/** A panic without its thread and the note on backtraces. */
function reasonOf(section: string): string {
  const told = (section.split(/^stack backtrace:$/m)[0] ?? "").replace(/^note: run with .*$/gm, "");
  return cleanText(told.replace(/^thread '.*' (?:\(\d+\) )?panicked at .*:\n/m, ""));
}
