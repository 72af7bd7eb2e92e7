import Table from "cli-table3";
import pc from "picocolors";
import type { CodeIndexFacts } from "../context/application/get-code-context.ts";
import { blocksFor } from "../context/domain/block-table.ts";
import { leftOutReasons } from "../context/domain/code/left-out.ts";
import { budgetMargin, type Context } from "../context/domain/context.ts";

/** How many of a long list people are shown; `--json` has them all. */
const shownRows = 12;

/** The whole answer as one JSON object, the same bytes for the same question. */
export function contextJson(context: Context, index: CodeIndexFacts): string {
  const tokenizer =
    context.modelTokens === undefined
      ? { encoding: "cl100k", margin: budgetMargin }
      : { encoding: "the host's", margin: 0 };
  return `${JSON.stringify({ ...context, tokenizer, index }, null, 2)}\n`;
}

/** The context as the agent reads it, and after it what it is made of and what was left out. */
export function contextLines(context: Context, index: CodeIndexFacts): string {
  const { text, blocks, leftOut, redacted, hash } = context;
  const rule = pc.dim("─".repeat(72));
  const lines = [
    text,
    rule,
    `${countLine(context)}, ${blocks.map((block) => `${block.name} ${block.tokens}`).join(", ")}`,
    `commit ${context.commit}, hash ${hash.slice(0, 16)}`,
    readLine(index),
    ...(blocksFor(context.role, context.phase).some(({ name }) => name === "code")
      ? []
      : [`An agent as ${context.role} is given no code in ${context.phase}.`]),
    ...pieceTable(context),
    ...section("Left out", leftOut, ({ block, node, why }) => `${block}${node === null ? "" : ` ${node}`}: ${why}`),
    ...section("Not read, and named", index.namedLeftOut, ({ path, reason }) => `${path}: ${leftOutReasons[reason]}`),
    ...section("Files not read", reasonCounts(index), ([reason, count]) => `${count} ${reason}`),
    ...section("Secrets taken out of what was read for it", redacted, ({ rule: name, count }) => `${count} ${name}`),
  ];
  return `${lines.join("\n")}\n`;
}

function countLine({ tokens, modelTokens, budget }: Context): string {
  if (modelTokens !== undefined) return `${modelTokens} of ${budget.tokens} tokens as the host counts`;
  return `${tokens} of ${budget.tokens} tokens (${budget.limit} at most: ${budgetMargin * 100}% are kept free for other tokenizers)`;
}

function readLine({ files, symbols, tests, edges, commits, faulty }: CodeIndexFacts): string {
  const edgeCounts = Object.entries(edges)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(", ");
  const partly = faulty.length === 0 ? "" : `; ${faulty.length} parsed in part`;
  return `read ${files} files, ${symbols} symbols, ${tests} tests, ${commits} commits; ${edgeCounts}${partly}`;
}

function pieceTable({ blocks }: Context): readonly string[] {
  const pieces = blocks.flatMap(({ name, pieces: own }) => (name === "code" || name === "tests" ? own : []));
  if (pieces.length === 0) return [];
  const table = new Table({
    head: ["tokens", "form", "where", "why"],
    style: { head: [], border: [], compact: true },
    colWidths: [8, 9, 58, 50],
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  const byScore = [...pieces].sort((a, b) => b.score - a.score);
  for (const { tokens, form, node, why } of byScore) table.push([tokens, form, node, why.join("; ")]);
  return [table.toString()];
}

function reasonCounts({ leftOut }: CodeIndexFacts): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { reason } of leftOut) {
    const words = `${reason} (${leftOutReasons[reason]})`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

function section<T>(title: string, items: readonly T[], show: (item: T) => string): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length - shownRows;
  return [
    `${title}:`,
    ...items.slice(0, shownRows).map((item) => `  ${show(item)}`),
    ...(more > 0 ? [`  and ${more} more (--json lists them)`] : []),
  ];
}
