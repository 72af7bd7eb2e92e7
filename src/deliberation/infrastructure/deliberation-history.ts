import { z } from "zod";
import type { Transaction } from "../../kernel/transaction.ts";
import type { CouncilRecord, ProposalRecord } from "../domain/council-statistics.ts";
import { type DeliberationKind, deliberationKinds } from "../domain/deliberation.ts";
import { type DeliberationStatus, isDeliberationStatus } from "../domain/deliberation-status.ts";

const seats = z.array(z.object({ model: z.string(), temperature: z.number() }));

const councilRow = z.object({
  id: z.string(),
  repository: z.int(),
  kind: z.enum(deliberationKinds),
  task: z.string().nullable(),
  round: z.int(),
  status: z.custom<DeliberationStatus>(isDeliberationStatus),
  members: z.string().transform((text) => seats.parse(JSON.parse(text))),
  passAt1: z.boolean().nullable(),
  oracleAtK: z.boolean().nullable(),
  chosenPassed: z.boolean().nullable(),
  tokensIn: z.number().nullable(),
  tokensOut: z.number().nullable(),
  ms: z.number().nullable(),
  tokensCached: z.number().nullable(),
  hostMs: z.number().nullable(),
});

const proposalRow = z.object({
  deliberation: z.string(),
  model: z.string(),
  temperature: z.number(),
  lostAt: z.string().nullable(),
});

/** The latest councils of these kinds that are over, with the figures of their candidates: no texts, no diffs. */
export async function councilHistory(
  tx: Transaction,
  { repository, kinds }: { readonly repository: number | null; readonly kinds: readonly DeliberationKind[] },
  most: number,
): Promise<{ readonly councils: readonly CouncilRecord[]; readonly proposals: readonly ProposalRecord[] }> {
  const rows = await tx.run(
    `MATCH (d:Deliberation${repository === null ? "" : " {repository: $repository}"})
     WHERE d.kind IN $kinds AND d.endedAt IS NOT NULL
     RETURN d.id AS id, d.repository AS repository, d.kind AS kind, d.task AS task, d.round AS round, d.status AS status, d.members AS members,
            d.passAt1 AS passAt1, d.oracleAtK AS oracleAtK, d.chosenPassed AS chosenPassed,
            d.tokensIn AS tokensIn, d.tokensOut AS tokensOut, d.ms AS ms,
            d.tokensCached AS tokensCached, d.hostMs AS hostMs
     ORDER BY d.endedAt DESC, d.id LIMIT $most`,
    { most, kinds: [...kinds], ...(repository === null ? {} : { repository }) },
  );
  const councils = rows.map((row) => toRecord(councilRow.parse(row)));
  const products = await tx.run(
    `UNWIND $ids AS id
     MATCH (:Deliberation {id: id})-[:PRODUCED]->(p:Proposal)
     RETURN id AS deliberation, p.model AS model, p.temperature AS temperature, p.lostAt AS lostAt`,
    { ids: councils.map(({ id }) => id) },
  );
  return { councils, proposals: products.map((row) => proposalRow.parse(row)) };
}

function toRecord(row: z.infer<typeof councilRow>): CouncilRecord {
  const {
    id,
    repository,
    kind,
    task,
    round,
    status,
    members,
    passAt1,
    oracleAtK,
    chosenPassed,
    tokensIn,
    tokensOut,
    ms,
    tokensCached,
    hostMs,
  } = row;
  const hasChoice = passAt1 !== null && oracleAtK !== null && chosenPassed !== null;
  return {
    ...{ id, repository, kind, task, round, status, seats: members },
    choice: hasChoice ? { passAt1, oracleAtK, chosenPassed } : null,
    used: tokensIn === null || tokensOut === null ? null : { tokensIn, tokensOut, ms: ms ?? 0, tokensCached, hostMs },
  };
}
