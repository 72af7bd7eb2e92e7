import type { ChatMessage, ModelHosts } from "../../platform/models/model-hosts.ts";
import { readServerMetrics } from "../../platform/models/server-metrics.ts";
import { atOnce } from "./load-generator.ts";

export type CouncilLoad = {
  readonly model: string;
  readonly councils: number;
  readonly councilsAtOnce: number;
  readonly members: number;
  readonly turns: number;
  readonly maxTokens: number;
  /** Characters of what the members share. */
  readonly sharedLength: number;
};

/** How often the servers' prefix caches served, by their own metrics; null where they do not tell. */
export type CouncilRun = {
  readonly calls: number;
  readonly failed: number;
  /** Share of all prompt tokens, over whole councils. */
  readonly hitRate: number | null;
  /** The same of the first turns alone, beside what is possible: all but the first member's, (N−1)/N of what is shared. */
  readonly firstTurnHitRate: number | null;
  readonly firstTurnBound: number;
};

/** Characters of what each member is told alone. */
const ownLength = 400;

/** Lets councils ask through the pool: members at once, turn after turn, each with its own conversation. */
export async function runCouncils(hosts: ModelHosts, load: CouncilLoad): Promise<CouncilRun> {
  const { members, turns, sharedLength } = load;
  const urls = hosts.hosts().map(({ host }) => host);
  let calls = 0;
  let failed = 0;

  async function run(names: readonly string[], until: number): Promise<number | null> {
    const before = await prefixCache(urls);
    await atOnce(load.councilsAtOnce, names, async (council) => {
      await Promise.all(Array.from({ length: members }, (_, member) => speak(council, member, until)));
    });
    const after = await prefixCache(urls);
    if (before === null || after === null || after.queries === before.queries) return null;
    return (after.hits - before.hits) / (after.queries - before.queries);
  }

  async function speak(council: string, member: number, until: number): Promise<void> {
    const messages: ChatMessage[] = [
      { role: "user", content: `${text(council, sharedLength)}\n${text(`${council} member ${member}`, ownLength)}` },
    ];
    for (let turn = 0; turn < until; turn++) {
      calls += 1;
      const answer = await hosts.complete({
        model: load.model,
        messages,
        temperature: 0.2,
        maxTokens: load.maxTokens,
        prefix: council,
        installation: member,
      });
      // A model that writes on until its limit has answered as well: this is about time and not about sense.
      if (answer.kind === "failed" && answer.reason !== "truncated") failed += 1;
      const said = answer.kind === "answer" ? answer.text : "…";
      messages.push({ role: "assistant", content: said }, { role: "user", content: text(`turn ${turn}`, ownLength) });
    }
  }

  const named = (kind: string) => Array.from({ length: load.councils }, (_, n) => `council ${kind} ${n}`);
  const firstTurnHitRate = await run(named("first"), 1);
  const hitRate = await run(named("whole"), turns);
  const firstTurnBound = (((members - 1) / members) * sharedLength) / (sharedLength + ownLength);
  return { calls, failed, hitRate, firstTurnHitRate, firstTurnBound };
}

/** Text of so many characters that begins with what it is about, so that no two begin alike. */
function text(about: string, length: number): string {
  return `${about}: `.repeat(Math.ceil(length / (about.length + 2))).slice(0, length);
}

/** What the servers count, all together; null where one does not. */
async function prefixCache(urls: readonly string[]): Promise<{ queries: number; hits: number } | null> {
  let sum = { queries: 0, hits: 0 };
  for (const url of urls) {
    const page = await (await fetch(`${url.replace(/\/v\d+$/, "")}/metrics`)).text();
    const told = readServerMetrics(page)?.prefixCache ?? null;
    if (told === null) return null;
    sum = { queries: sum.queries + told.queries, hits: sum.hits + told.hits };
  }
  return sum;
}
