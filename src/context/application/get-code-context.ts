import { posix } from "node:path";
import type { Assembled } from "../domain/assemble-context.ts";
import { buildCodeGraph, type CodeFile, type CodeGraph, type EdgeKind } from "../domain/code/code-graph.ts";
import { readHistoryOf } from "../domain/code/history.ts";
import { languageOf } from "../domain/code/language.ts";
import type { LeftOutReason } from "../domain/code/left-out.ts";
import { openMemoryIndex } from "../domain/code/memory-index.ts";
import { codeNamesIn } from "../domain/code/named-in-text.ts";
import { sourceOf, textsOf } from "./code-source.ts";
import type { CodeContextPorts, CommittedTree } from "./ports.ts";
import { buildTextContext, type GetCodeContext } from "./text-context.ts";

/** What was read of the repository. */
export type CodeIndexFacts = {
  readonly files: number;
  readonly symbols: number;
  readonly tests: number;
  readonly edges: Readonly<Record<EdgeKind, number>>;
  readonly commits: number;
  readonly languages: Readonly<Record<string, number>>;
  /** Files that their grammar understood in part. */
  readonly faulty: readonly string[];
  readonly leftOut: readonly NotRead[];
  /** Those of them that the text names, by their path, their name or what they are called after. */
  readonly namedLeftOut: readonly NotRead[];
};

type NotRead = { readonly path: string; readonly reason: LeftOutReason };

export type CodeContextAnswer = { readonly assembled: Assembled; readonly index: CodeIndexFacts };

/** Reads a repository and builds the context of a text, a role and a phase from it (DOMAIN.md §5). */
export async function getCodeContext(ports: CodeContextPorts, asked: GetCodeContext): Promise<CodeContextAnswer> {
  ports.progress("reading the committed files");
  const tree = await ports.repository.readTree();
  const { files, failed } = await parseAll(ports, tree);
  ports.progress("reading the history");
  const commits = await ports.repository.readHistory();
  const graph = buildCodeGraph(files);
  const history = readHistoryOf(commits, new Set(graph.files.keys()));
  ports.progress("indexing");
  const index = openMemoryIndex(graph, history, tree.commit);
  const source = sourceOf(index, textsOf(graph));
  const { redact, countTokens, countByModel } = ports;
  const assembled = await buildTextContext({ source, commits, redact, countTokens, countByModel }, asked);
  return { assembled, index: factsOf(graph, tree, failed, { commits: commits.length, text: asked.text }) };
}

type Parsed = { readonly files: readonly CodeFile[]; readonly failed: readonly string[] };

/** Every file of a tree as its grammar sees it. */
export async function parseAll(
  { parse, progress }: Pick<CodeContextPorts, "parse" | "progress">,
  tree: CommittedTree,
): Promise<Parsed> {
  const files: CodeFile[] = [];
  const failed: string[] = [];
  for (const { path, blob, text } of tree.files) {
    if (files.length % 1_000 === 0) progress(`parsing: ${files.length} of ${tree.files.length} files`);
    const language = languageOf(path);
    const parsed = language === null ? null : await parse(path, text, language);
    if (language !== null && parsed === null) failed.push(path);
    files.push({ path, blob, text, parsed });
  }
  return { files, failed };
}

function factsOf(
  graph: CodeGraph,
  tree: CommittedTree,
  failed: readonly string[],
  { commits, text }: { readonly commits: number; readonly text: string },
): CodeIndexFacts {
  const leftOut = [...tree.leftOut, ...failed.map((path) => ({ path, reason: "unparsable" as const }))];
  const names = new Set(codeNamesIn(text));
  const isNamed = ({ path }: NotRead): boolean => {
    const { base, name } = posix.parse(path);
    return names.has(base) || names.has(name);
  };
  const languages: Record<string, number> = {};
  for (const { parsed } of graph.files.values()) {
    const name = parsed?.language ?? "other";
    languages[name] = (languages[name] ?? 0) + 1;
  }
  const counts = new Map<EdgeKind, number>();
  for (const { kind } of graph.edges) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const symbols = [...graph.symbols.values()];
  return {
    files: graph.files.size,
    symbols: symbols.length,
    tests: symbols.filter(({ kind }) => kind === "test").length,
    edges: {
      DEFINES: counts.get("DEFINES") ?? 0,
      IMPORTS: counts.get("IMPORTS") ?? 0,
      CALLS: counts.get("CALLS") ?? 0,
      TESTS: counts.get("TESTS") ?? 0,
    },
    commits,
    languages,
    faulty: [...graph.files.values()].filter(({ parsed }) => parsed?.faulty === true).map(({ path }) => path),
    leftOut,
    namedLeftOut: leftOut.filter(isNamed),
  };
}
