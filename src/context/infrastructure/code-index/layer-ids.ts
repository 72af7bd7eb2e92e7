import type { WordKind } from "../../domain/code/posting-lists.ts";

/**
 * How the nodes of a layer are named. A layer is `repository:branch@number`; names of branches, paths and symbols are a
 * stranger's, and go into Cypher as parameters only.
 */
export const nodeId = (layer: string, key: string): string => `${layer}/${key}`;
export const historyId = nodeId;
export const leftOutId = nodeId;
export const outlineId = nodeId;
export const listId = (layer: string, kind: WordKind, word: string): string => `${layer}/${kind}/${word}`;
export const keysId = (layer: string, chunk: number): string => `${layer}#${chunk}`;
export const branchId = (repository: number, branch: string): string => `${repository}:${branch}`;
export const lockOf = (repository: number): string => `code/${repository}`;

/** A file, whatever branch it is on: what decisions affect and commits change. */
export const fileId = (repository: number, path: string): string => `${repository}:${path}`;
/** A symbol, whatever branch it is on: `key` is its path, `#` and its name. */
export const symbolId = fileId;
export const commitId = (repository: number, sha: string): string => `${repository}@${sha}`;

/** The keys of so many documents, by their numbers, are in one node. */
export const keysAtOnce = 128;

/** Somebody who wrote commits and may have no account. */
export const authorId = (repository: number, digest: string): string => `git:${repository}:${digest.slice(0, 24)}`;
