import { expect, it, vi } from "vitest";
import type { RedactText } from "../../../src/context/application/ports.ts";
import { rememberRedacted } from "../../../src/context/infrastructure/remember-redacted.ts";

const redactOnce = () =>
  vi.fn<RedactText>(async (text, path) => ({ text: text.replace("secret", path), found: [{ rule: "r", count: 1 }] }));

it("redacts a text of a path once, and tells each time what was found", async () => {
  const redact = redactOnce();
  const remembered = rememberRedacted(redact);
  for (let n = 0; n < 2; n += 1)
    expect(await remembered("a secret", "x.ts")).toEqual({ text: "a x.ts", found: [{ rule: "r", count: 1 }] });
  expect(await remembered("a secret", "y.ts")).toMatchObject({ text: "a y.ts" });
  expect(redact).toHaveBeenCalledTimes(2);
});

it("takes no path and text for others that are written the same one after the other", async () => {
  const remembered = rememberRedacted(redactOnce());
  expect((await remembered("b secret", "a")).text).toBe("b a");
  expect((await remembered(" secret", "ab")).text).toBe(" ab");
});

it("forgets the texts that were wanted least lately", async () => {
  const redact = redactOnce();
  const remembered = rememberRedacted(redact, 100);
  for (const text of ["one", "two".repeat(14), "one"]) await remembered(text, "x.ts");
  expect(redact).toHaveBeenCalledTimes(3);
});
