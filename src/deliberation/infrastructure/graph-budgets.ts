import { z } from "zod";
import type { Transaction } from "../../kernel/transaction.ts";
import { lockName } from "../../platform/graph/lock-name.ts";
import type {
  Allowance,
  BudgetFigures,
  BudgetFiguresOf,
  Deliberations,
  Spent,
  TokensUsed,
} from "../application/use-case-ports.ts";
import { createOnce } from "./create-once.ts";

/** What councils, and others beside them, used and may use, in the graph. */
export const graphBudgets = {
  lockTokens,
  saveUse,
  budgetFigures,
  allowed,
  allowMore,
  spent,
} satisfies Partial<Deliberations>;

function lockTokens(tx: Transaction, repository: number): Promise<void> {
  return lockName(tx, `tokens-of-${repository}`);
}

const sums = z.object({ used: z.number(), held: z.number(), heldMinutes: z.number(), ms: z.number() });

async function saveUse(tx: Transaction, { id, held, tokens, ...use }: TokensUsed): Promise<void> {
  const properties = {
    ...use,
    held: tokens === null ? held : 0,
    tokensIn: tokens?.in ?? 0,
    tokensOut: tokens?.out ?? 0,
  };
  await tx.run("MERGE (u:TokenUse {id: $id}) SET u += $properties", { id, properties });
}

/** What councils used and hold, and others beside them; a task's budget is its councils' alone. */
async function budgetFigures(tx: Transaction, of: BudgetFiguresOf): Promise<BudgetFigures> {
  const councils = await councilSums(tx, of);
  const others = "story" in of && of.task !== undefined ? nothing : await otherSums(tx, of);
  const ms = councils.ms + others.ms;
  return {
    tokens: { used: councils.used + others.used, held: councils.held + others.held },
    minutes: { used: Math.ceil(ms / 60_000), held: Math.ceil(councils.heldMinutes) },
    ms,
  };
}

const nothing = { used: 0, held: 0, heldMinutes: 0, ms: 0 };

async function otherSums(tx: Transaction, of: BudgetFiguresOf) {
  const [row] = await tx.run(
    `MATCH (u:TokenUse ${"story" in of ? "{story: $story}" : "{repository: $repository}"})
     WHERE ${"story" in of ? "true" : "u.at >= $since"}
     RETURN coalesce(sum(u.tokensIn), 0) + coalesce(sum(u.tokensOut), 0) AS used,
            coalesce(sum(u.held), 0) AS held, coalesce(sum(u.ms), 0) AS ms`,
    of,
  );
  return { ...sums.omit({ heldMinutes: true }).parse(row), heldMinutes: 0 };
}

async function councilSums(tx: Transaction, of: BudgetFiguresOf) {
  const [row] = await tx.run(
    `MATCH (d:Deliberation ${"story" in of ? "{story: $story}" : "{repository: $repository}"})
     WHERE ${"story" in of ? (of.task === undefined ? "true" : "d.task = $task") : "d.grantAt >= $since"}
     RETURN coalesce(sum(d.tokensIn), 0) + coalesce(sum(d.tokensOut), 0) AS used,
            coalesce(sum(CASE WHEN d.endedAt IS NULL THEN d.grantTokens ELSE 0 END), 0) AS held,
            coalesce(sum(CASE WHEN d.endedAt IS NULL THEN d.grantMinutes ELSE 0 END), 0) AS heldMinutes,
            coalesce(sum(d.ms), 0) AS ms`,
    of,
  );
  return sums.parse(row);
}

const allowedSums = z.object({ tokens: z.number(), minutes: z.number() });

/** Allowances of an earlier version are of tokens alone. */
async function allowed(tx: Transaction, about: string): Promise<z.infer<typeof allowedSums>> {
  const [row] = await tx.run(
    `MATCH (a:TokenAllowance {about: $about})
     RETURN coalesce(sum(a.tokens), 0) AS tokens, coalesce(sum(coalesce(a.minutes, 0)), 0) AS minutes`,
    { about },
  );
  return allowedSums.parse(row);
}

function allowMore(tx: Transaction, allowance: Allowance): Promise<boolean> {
  return createOnce(tx, "TokenAllowance", allowance.id, { ...allowance });
}

const figures = z.object({ councils: z.number(), tokensIn: z.number(), tokensOut: z.number(), ms: z.number() });

async function spent(tx: Transaction, story: string): Promise<Spent> {
  const [row] = await tx.run(
    `MATCH (d:Deliberation {story: $story}) WHERE d.status <> 'waiting'
     RETURN count(d) AS councils, coalesce(sum(d.tokensIn), 0) AS tokensIn, coalesce(sum(d.tokensOut), 0) AS tokensOut,
            coalesce(sum(d.ms), 0) AS ms`,
    { story },
  );
  const { councils, tokensIn, tokensOut, ms } = figures.parse(row);
  const [others] = await tx.run(
    `MATCH (u:TokenUse {story: $story})
     RETURN coalesce(sum(u.tokensIn), 0) AS tokensIn, coalesce(sum(u.tokensOut), 0) AS tokensOut,
            coalesce(sum(u.ms), 0) AS ms`,
    { story },
  );
  const beside = figures.omit({ councils: true }).parse(others);
  const tokens = { in: tokensIn + beside.tokensIn, out: tokensOut + beside.tokensOut };
  return { councils, tokens, ms: ms + beside.ms };
}
