import { repositoryOf } from "../../kernel/ids.ts";
import { type Principal, principalKey, principalName } from "../../kernel/principal.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { Decision } from "../domain/decision.ts";

/**
 * Links a decision (DOMAIN.md §5): AFFECTS → its story or task, the pull request, the commit and the files; AUTHORED_BY →
 * whoever made it; DECIDED_BY → the same, unless it is only proposed.
 */
export async function linkDecision(tx: Transaction, decision: Decision): Promise<void> {
  const { id, storyId, taskId, author, status } = decision;
  const about = taskId === null ? { label: "Story", id: storyId } : { label: "Task", id: taskId };
  await tx.run(`MATCH (d:Decision {id: $id}), (a:${about.label} {id: $about}) MERGE (d)-[:AFFECTS]->(a)`, {
    id,
    about: about.id,
  });
  for (const { label, key, properties } of affectedNodes(decision)) {
    await tx.run(`MERGE (a:${label} {id: $key}) SET a += $properties`, { key, properties });
    await tx.run(`MATCH (d:Decision {id: $id}), (a:${label} {id: $key}) MERGE (d)-[:AFFECTS]->(a)`, { id, key });
  }
  await linkPerson(tx, id, author, "AUTHORED_BY");
  if (status !== "proposed") await linkDecider(tx, id, author);
}

/** Links whoever decided: approved a proposal or rejected it, or made a decision that needed nobody else. */
export async function linkDecider(tx: Transaction, id: string, by: Principal): Promise<void> {
  await linkPerson(tx, id, by, "DECIDED_BY");
}

/** A repository's pull requests, commits and files are named by it: another one has the same numbers, shas and paths. */
function affectedNodes({ storyId, affects: { pullRequest, commit, files } }: Decision) {
  const repository = repositoryOf(storyId);
  return [
    ...(pullRequest === null
      ? []
      : [
          {
            label: "PullRequest",
            key: `${repository}#${pullRequest}`,
            properties: { repository, number: pullRequest },
          },
        ]),
    ...(commit === null
      ? []
      : [{ label: "Commit", key: `${repository}@${commit.sha}`, properties: { repository, ...knownOf(commit) } }]),
    ...files.map((path) => ({ label: "File", key: `${repository}:${path}`, properties: { repository, path } })),
  ];
}

/** A tree that is not known here must not take away what another link told of the commit. */
function knownOf({ sha, tree }: { readonly sha: string; readonly tree: string | null }) {
  return tree === null ? { sha } : { sha, tree };
}

async function linkPerson(
  tx: Transaction,
  id: string,
  by: Principal,
  relation: "AUTHORED_BY" | "DECIDED_BY",
): Promise<void> {
  if (by.kind === "system") return;
  const label = by.kind === "human" ? "Person" : "Agent";
  const login = by.kind === "human" ? by.login : principalName(by);
  await tx.run(`MERGE (p:${label} {id: $by}) SET p.login = $login`, { by: principalKey(by), login });
  await tx.run(`MATCH (d:Decision {id: $id}), (p:${label} {id: $by}) MERGE (d)-[:${relation}]->(p)`, {
    id,
    by: principalKey(by),
  });
}
