import { Parser, type Result } from "tap-parser";
import type { TestResult } from "../../check-matrix.ts";
import { cleanText } from "../failure-lines.ts";
import { named } from "./test-names.ts";

/** Whether a text is TAP: its version line, or a plan together with test lines. */
export function isTap(text: string): boolean {
  if (/^TAP version 1[34]\s*$/m.test(text)) return true;
  return /^1\.\.\d+\s*(?:#.*)?$/m.test(text) && /^(?:not )?ok\b/m.test(text);
}

/**
 * Reads the Test Anything Protocol, subtests included: a test with subtests counts by them.
 * @see https://testanything.org/tap-version-14-specification.html
 */
export function fromTap(text: string): TestResult[] | null {
  if (!isTap(text)) return null;
  const tests: TestResult[] = [];
  const parser = new Parser({ bail: false });
  const listen = (each: Parser): void => {
    each.on("child", listen);
    each.on("assert", (result: Result) => {
      // The line that closes a subtest repeats what its own tests said.
      if (result.closingTestPoint === true && tests.some(({ name }) => name.startsWith(`${titleOf(result)} > `)))
        return;
      tests.push(testOf(result));
    });
  };
  listen(parser);
  parser.end(text);
  return tests;
}

function testOf(result: Result): TestResult {
  const skipped = result.skip !== false || result.todo !== false;
  const verdict = skipped ? "skipped" : result.ok ? "pass" : "fail";
  return { name: titleOf(result), verdict, reason: verdict === "fail" ? reasonOf(result) : null };
}

function titleOf({ fullname, name, id }: Result): string {
  return named([fullname || name || `test ${id}`]);
}

function reasonOf({ diag }: Result): string {
  const told: unknown = diag?.["message"] ?? diag?.["error"] ?? diag?.["operator"];
  return cleanText(typeof told === "string" ? told : "not ok");
}
