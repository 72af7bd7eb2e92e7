/** An author or committer of a commit; `date` is ISO 8601 with seconds. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** A commit as it stands in the object store. */
export interface CommitObject {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

export type NewCommit = Omit<CommitObject, "sha">;

/** The bytes that git hashes for a commit. */
export function serialiseCommit(commit: NewCommit): string {
  const parents = commit.parents.map((parent) => `parent ${parent}\n`).join("");
  const message = commit.message.endsWith("\n") ? commit.message : `${commit.message}\n`;
  return `tree ${commit.tree}\n${parents}author ${line(commit.author)}\ncommitter ${line(commit.committer)}\n\n${message}`;
}

/** Reads what `git cat-file commit` prints. */
export function parseCommit(sha: string, text: string): CommitObject {
  const split = text.indexOf("\n\n");
  const headers = text.slice(0, split).split("\n");
  const values = (name: string) =>
    headers.filter((header) => header.startsWith(`${name} `)).map((header) => header.slice(name.length + 1));
  return {
    sha,
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author: parseSignature(values("author")[0] ?? ""),
    committer: parseSignature(values("committer")[0] ?? ""),
    message: text.slice(split + 2).replace(/\n$/, ""),
  };
}

function line(signature: Signature): string {
  const clean = (text: string) => text.replace(/[<>\n\0]/g, "").trim();
  const seconds = Math.floor(Date.parse(signature.date) / 1000);
  return `${clean(signature.name)} <${clean(signature.email)}> ${seconds} +0000`;
}

function parseSignature(text: string): Signature {
  const match = /^(.*?) ?<(.*)> (-?\d+) [+-]\d{4}$/.exec(text);
  const seconds = Number(match?.[3] ?? 0);
  return {
    name: match?.[1] ?? "",
    email: match?.[2] ?? "",
    date: `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`,
  };
}
