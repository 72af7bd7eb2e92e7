import { describe, expect, it } from "vitest";
import { openTreeSource } from "../../src/context/application/tree-source.ts";
import { emptyFacts } from "../../src/context/domain/written-facts.ts";
import { redactText } from "../../src/context/infrastructure/redact-text.ts";
import { parseSource } from "../../src/context/infrastructure/syntax/parse-source.ts";
import { buildJobContext } from "../../src/wiring/council-contexts.ts";
import { countByModels } from "../../src/wiring/count-by-models.ts";
import { story, task } from "../deliberation/council-of.ts";

/** Enough code about bookings to fill every budget. */
const files = Array.from({ length: 60 }, (_, at) => {
  const body = Array.from({ length: 12 }, (_line, n) => `  const booking${n} = open.slots[${n}] ?? limit(${at});`);
  const text = `export function bookSlot${at}(open, limit) {\n${body.join("\n")}\n  return open;\n}\n`;
  return { path: `src/bookings${at}.js`, text, blob: `b${at}` };
});

async function build(count: ReturnType<typeof countByModels> | undefined) {
  const source = await openTreeSource({
    repository: {
      readTree: async () => ({ commit: "c".repeat(40), files, leftOut: [] }),
      readHistory: async () => [],
    },
    parse: parseSource,
    progress: () => undefined,
  });
  const facts = {
    ...emptyFacts,
    story: { id: "7-12", ...story },
    task: { ...task, state: "implementing" as const, dependsOn: [] },
  };
  return buildJobContext({ facts, role: "developer", phase: "build", source }, redactText, count);
}

const perCharacter: Readonly<Record<string, number>> = { coarse: 0.2, fine: 0.5 };

/** Hosts whose models count by characters; how often they were asked. */
function hostsThatCount(told: number) {
  const asked: string[] = [];
  const pool = {
    async countTokens(model: string, text: string): Promise<number | null> {
      asked.push(model);
      const each = perCharacter[model];
      return each === undefined || asked.length > told ? null : Math.ceil(text.length * each);
    },
  };
  return { pool, asked };
}

describe("the context of a council", () => {
  it("is above no member's budget as its own model counts, in a few counts", async () => {
    const { pool, asked } = hostsThatCount(Number.POSITIVE_INFINITY);
    const context = await build(countByModels(pool, ["coarse", "fine"]));
    const fine = (text: string): number => Math.ceil(text.length * 0.5);
    expect([context.countedBy, context.tokens]).toEqual(["models", fine(context.text)]);
    expect([context.short?.countedBy, context.short?.tokens]).toEqual(["models", fine(context.short?.text ?? "")]);
    expect(context.tokens).toBeLessThanOrEqual(8_000);
    expect(context.short?.tokens).toBeLessThanOrEqual(2_000);
    expect(context.short?.tokens).toBeGreaterThan(1_500);
    expect(fine(context.slices.wide)).toBeGreaterThan(0);
    expect(fine(context.slices.wide)).toBeLessThanOrEqual(2_000);
    expect(asked.length).toBeLessThanOrEqual(2 * 12);
    expect(await build(countByModels(pool, ["coarse", "fine"]))).toEqual(context);
  });

  it("uses what a coarser tokenizer leaves of the budget", async () => {
    const { pool } = hostsThatCount(Number.POSITIVE_INFINITY);
    const context = await build(countByModels(pool, ["coarse"]));
    expect(context.short?.tokens).toBeGreaterThan(1_800);
    expect(context.short?.tokens).toBeLessThanOrEqual(2_000);
  });

  it.each([
    ["no models are known", [], 9, 0],
    ["one of the models is unknown to the hosts", ["coarse", "other"], 9, 2],
    ["a host does not tell", ["coarse"], 0, 1],
  ])("is estimated, with its margin, where %s", async (_, models, told, times) => {
    const { pool, asked } = hostsThatCount(told);
    const context = await build(countByModels(pool, models));
    expect(context).toEqual(await build(undefined));
    expect([context.countedBy, context.short?.countedBy]).toEqual(["estimate", "estimate"]);
    expect(context.tokens).toBeLessThanOrEqual(7_200);
    expect(asked).toHaveLength(times);
  });
});
