import type { Payload } from "./front-of-github.ts";

type Fields = { readonly [name: string]: true | Fields };

const user = { id: true, login: true } as const;

/** Every field that a webhook needs; GitHub sends hundreds. */
const fields: Fields = {
  action: true,
  installation: { id: true },
  repository: { id: true, name: true, owner: { login: true } },
  sender: user,
  label: { name: true },
  issue: { number: true, title: true, body: true, user, labels: true, updated_at: true, pull_request: true },
  comment: { id: true, body: true, created_at: true, user },
  pull_request: { number: true, updated_at: true, head: { ref: true, sha: true }, merged: true },
  review: { id: true, state: true, body: true, user, commit_id: true },
  ref: true,
  after: true,
  commits: true,
};

/** A payload with only the fields that are needed, and with labels as bare names. */
export function onlyUsed(payload: Payload): Payload {
  const kept = pick(payload, fields);
  const { issue } = kept;
  return typeof issue === "object" && issue !== null && "labels" in issue && Array.isArray(issue.labels)
    ? { ...kept, issue: { ...issue, labels: issue.labels.map((label: { name: string }) => label.name) } }
    : kept;
}

function pick(value: object, wanted: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, held]) => {
      const inner = wanted[name];
      if (inner === undefined) return [];
      return [[name, inner === true || typeof held !== "object" || held === null ? held : pick(held, inner)]];
    }),
  );
}
