import { type Assembled, assembleContext } from "../domain/assemble-context.ts";
import type { ContextRole } from "../domain/block-table.ts";
import { chooseCode } from "../domain/code/choose-code.ts";
import { buildCodeGraph, type CodeFile, type CodeGraph, type EdgeKind } from "../domain/code/code-graph.ts";
import { type Commit, readHistoryOf } from "../domain/code/history.ts";
import { languageOf } from "../domain/code/language.ts";
import type { LeftOutReason } from "../domain/code/left-out.ts";
import { rankCode } from "../domain/code/rank-code.ts";
import { milestonesOf } from "../domain/milestones.ts";
import type { Phase } from "../domain/phase.ts";
import { shownName } from "../domain/render-blocks.ts";
import type { WrittenBlock } from "../domain/written-block.ts";
import { totals } from "./build-context.ts";
import type { CodeContextPorts, CommittedTree, RedactedText } from "./ports.ts";

export type GetCodeContext = {
  readonly text: string;
  readonly role: ContextRole;
  readonly phase: Phase;
  readonly budgetTokens: number;
};

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
  readonly leftOut: readonly { readonly path: string; readonly reason: LeftOutReason }[];
};

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
  const about = await ports.redact(asked.text, "text");
  const ranked = rankCode(about.text, graph, history);
  const choice = chooseCode(ranked, about.text, graph);
  const candidates = [...choice.code, ...choice.tests];
  const paths = [...new Set(candidates.map(({ path }) => path))];
  ports.progress("taking out secrets");
  const lines = new Map<string, readonly string[]>();
  const found: RedactedText["found"][number][] = [...about.found];
  for (const path of paths) {
    const redacted = await ports.redact(graph.files.get(path)?.text ?? "", path);
    lines.set(path, redacted.text.split("\n"));
    found.push(...redacted.found);
  }
  const { role, phase } = asked;
  const { commit } = tree;
  const milestones = commitBlock(milestonesOf(commits, new Set(choice.code.map(({ path }) => path))));
  const assembled = assembleContext(
    {
      heading: `Role: ${role}. Phase: ${phase}. Commit: ${commit.slice(0, 12)}.`,
      about: about.text,
      nodes: ["text"],
      ...{ role, phase, commit, choice, written: { milestones }, absent: elsewhere },
      linesOf: (path) => lines.get(path) ?? [],
      redacted: totals(found),
    },
    asked.budgetTokens,
    ports.countTokens,
  );
  return { assembled, index: factsOf(graph, tree, failed, commits.length) };
}

type Parsed = { readonly files: readonly CodeFile[]; readonly failed: readonly string[] };

/** Every file of a tree as its grammar sees it. */
export async function parseAll(
  { parse, progress }: Pick<CodeContextPorts, "parse" | "progress">,
  tree: CommittedTree,
): Promise<Parsed> {
  const files: CodeFile[] = [];
  const failed: string[] = [];
  for (const { path, text } of tree.files) {
    if (files.length % 1_000 === 0) progress(`parsing: ${files.length} of ${tree.files.length} files`);
    const language = languageOf(path);
    const parsed = language === null ? null : await parse(path, text, language);
    if (language !== null && parsed === null) failed.push(path);
    files.push({ path, text, parsed });
  }
  return { files, failed };
}

/** Why a repository alone has nothing for a block. */
const elsewhere = {
  feedback: "reviews are kept in the fleet's graph; a repository alone has none",
  "failing-checks": "no check was run: the context is made from the committed files",
  task: "the text is the task; it stands in the case",
  decisions: "kept in the fleet's graph; a repository alone has none",
  "decision-dependencies": "kept in the fleet's graph; a repository alone has none",
  tasks: "kept in the fleet's graph; a repository alone has none",
  summary: "kept in the fleet's graph; a repository alone has none",
} as const;

function commitBlock(commits: readonly Commit[]): WrittenBlock {
  const items = commits.map(({ id, day, subject }) => {
    const text = `${id.slice(0, 12)} ${day} ${shownName(subject).slice(0, 120)}`;
    return {
      node: id,
      kind: "commit",
      form: "title",
      text,
      why: "changed what the text is about, or is among the latest",
    } as const;
  });
  return { title: "Milestones: the latest commits about it", items };
}

function factsOf(graph: CodeGraph, tree: CommittedTree, failed: readonly string[], commits: number): CodeIndexFacts {
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
    leftOut: [...tree.leftOut, ...failed.map((path) => ({ path, reason: "unparsable" as const }))],
  };
}
