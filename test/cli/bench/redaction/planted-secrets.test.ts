import { expect, it } from "vitest";
import { isLeft, plantedSecrets } from "../../../../src/cli/bench/redaction/planted-secrets.ts";
import { createRandom } from "../../../../src/cli/bench/seeded-random.ts";
import { redactText } from "../../../../src/context/infrastructure/redact-text.ts";

it("nearly every planted secret is taken out, and every token of a known form", async () => {
  const planted = plantedSecrets(createRandom(7));
  const missed: string[] = [];
  for (const { kind, line, secret } of planted)
    if (isLeft((await redactText(line, "a.ts")).text, secret)) missed.push(kind);
  expect(missed.filter((kind) => !kind.startsWith("random"))).toEqual([]);
  expect(missed.length / planted.length).toBeLessThan(0.02);
});
