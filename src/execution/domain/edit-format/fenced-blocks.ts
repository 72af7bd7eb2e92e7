import { fromMarkdown } from "mdast-util-from-markdown";

type Tree = ReturnType<typeof fromMarkdown>;
type MarkdownNode = Tree | Tree["children"][number];

/** A fenced block. Lines count from 0 and are those of the fences themselves. */
export type FencedBlock = {
  readonly first: number;
  readonly last: number;
  readonly info: string;
  readonly content: string;
  /** False when the text ends before the closing fence: the answer was cut off. */
  readonly closed: boolean;
};

function isFence(line: string): boolean {
  return /^[\s>]*(?:[-*+]\s+|\d+[.)]\s+)?(?:`{3,}|~{3,})/.test(line);
}

function collect(node: MarkdownNode, lines: readonly string[], into: FencedBlock[]): void {
  if (node.type === "code" && node.position !== undefined) {
    const first = node.position.start.line - 1;
    const last = node.position.end.line - 1;
    if (!isFence(lines[first] ?? "")) return;
    const info = [node.lang ?? "", node.meta ?? ""].join(" ").trim();
    const closed = last > first && /^[\s>]*(?:`{3,}|~{3,})\s*$/.test(lines[last] ?? "");
    into.push({ first, last, info, content: node.value, closed });
    return;
  }
  if ("children" in node) for (const child of node.children) collect(child, lines, into);
}

/** The fenced blocks of a Markdown text, as CommonMark reads them: in lists and quotes too, with any number of marks. */
export function fencedBlocks(text: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  collect(fromMarkdown(text), text.split("\n"), blocks);
  return blocks;
}
