import type { Edit } from "../edit.ts";
import { functionInLine, pathInInfo, pathInLine } from "./edit-path.ts";
import { type FencedBlock, fencedBlocks } from "./fenced-blocks.ts";
import { type MarkedBlock, markedBlocks } from "./marked-blocks.ts";

/** What was read from a model's answer. A problem is a sentence that can be sent back to the model. */
export type ParsedEdits = { readonly edits: readonly Edit[]; readonly problems: readonly string[] };

type Found = { readonly line: number; readonly edit: Edit };

/** Blocks in these languages show a command or a result; without a path of their own they are no file. */
const notFiles = new Set([
  "sh",
  "bash",
  "shell",
  "zsh",
  "console",
  "terminal",
  "text",
  "txt",
  "output",
  "log",
  "plaintext",
]);

/**
 * Reads the edits of a model's answer (COUNCIL.md, step 2), in their order: SEARCH/REPLACE blocks, whole files in fenced
 * blocks, whole functions in fenced blocks under a line `FUNCTION name in path`, and `DELETE path` / `RENAME path -> path`
 * on lines of their own. Prose around them is skipped. The texts of the
 * edits have `\n` as line end, and each of their lines ends in one.
 */
export function parseEdits(text: string): ParsedEdits {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const { blocks, open } = markedBlocks(lines);
  const problems = open.map(
    (line) => `The SEARCH block at line ${line + 1} is not closed by ======= and >>>>>>> REPLACE.`,
  );

  // Blank what stands inside the markers, so that a fence in an edited text does not end the fence around the edit.
  const outside = [...lines];
  for (const { first, last } of blocks) outside.fill("", first, last + 1);
  const fences = fencedBlocks(outside.join("\n"));

  const found: Found[] = [
    ...fromMarked(blocks, fences, lines, problems),
    ...fromFences(blocks, fences, lines, problems),
    ...fromDirectives(outside, fences),
  ];
  if (found.length === 0 && problems.length === 0) {
    problems.push("There is no edit in the answer: no SEARCH/REPLACE block and no fenced block with a path.");
  }
  return { edits: found.sort((a, b) => a.line - b.line).map(({ edit }) => edit), problems };
}

function fromMarked(
  blocks: readonly MarkedBlock[],
  fences: readonly FencedBlock[],
  lines: readonly string[],
  problems: string[],
): Found[] {
  const found: Found[] = [];
  let before: { readonly fence: FencedBlock | undefined; readonly path: string } | null = null;
  for (const { first, search, replace } of blocks) {
    const fence = fences.find((block) => block.first < first && first <= block.last);
    const own = pathInLine(previousLine(lines, first, fence?.first ?? -1));
    const path: string =
      own || (before !== null && before.fence === fence ? before.path : "") || pathOfFence(fence, lines);
    if (path === "") {
      problems.push(`The SEARCH block at line ${first + 1} names no file: put the path on the line before it.`);
      continue;
    }
    before = { fence, path };
    found.push({ line: first, edit: { kind: "replace", path, search, replace } });
  }
  return found;
}

function fromFences(
  blocks: readonly MarkedBlock[],
  fences: readonly FencedBlock[],
  lines: readonly string[],
  problems: string[],
): Found[] {
  const found: Found[] = [];
  for (const fence of fences) {
    if (blocks.some(({ first }) => fence.first < first && first <= fence.last)) continue;
    if (/^\s*<{5,9}\s*SEARCH\b/m.test(fence.content)) continue;
    const language = /^\w+/.exec(fence.info)?.[0]?.toLowerCase() ?? "";
    if (language === "diff" || language === "patch") {
      problems.push(
        `The block at line ${fence.first + 1} is a diff; write SEARCH/REPLACE blocks or whole files instead.`,
      );
      continue;
    }
    const whole = functionOf(fence, lines);
    if (whole !== null) {
      if (fence.closed) found.push({ line: fence.first, edit: { kind: "function", ...whole } });
      else
        problems.push(`The block of ${whole.name} at line ${fence.first + 1} is not closed: the answer was cut off.`);
      continue;
    }
    const named = pathInInfo(fence.info);
    const before = notFiles.has(language) ? "" : pathInLine(previousLine(lines, fence.first, -1));
    const [head = "", ...rest] = fence.content.split("\n");
    const comment = !notFiles.has(language) && /^\s*(?:\/\/|#|--|\/\*|<!--)\s/.test(head) ? pathInLine(head) : "";
    const path = named || before || comment;
    if (path === "") continue;
    if (!fence.closed) {
      problems.push(`The block of ${path} at line ${fence.first + 1} is not closed: the answer was cut off.`);
      continue;
    }
    const content = named === "" && before === "" ? rest.join("\n") : fence.content;
    found.push({ line: fence.first, edit: { kind: "write", path, content: content === "" ? "" : `${content}\n` } });
  }
  return found;
}

function fromDirectives(lines: readonly string[], fences: readonly FencedBlock[]): Found[] {
  const found: Found[] = [];
  for (const [line, text] of lines.entries()) {
    const fence = fences.find(({ first, last }) => first < line && line < last);
    if (fence !== undefined && !/^(?:\s*(?:DELETE|RENAME)\b.*\n?|\s*\n)+$/.test(`${fence.content}\n`)) continue;
    const gone = pathInLine(/^\s*DELETE:?\s+(\S+)\s*$/.exec(text)?.[1] ?? "");
    if (gone !== "") found.push({ line, edit: { kind: "delete", path: gone } });
    const [, from = "", to = ""] = /^\s*RENAME:?\s+(\S+)\s+(?:->|→|=>|to|TO)\s+(\S+)\s*$/.exec(text) ?? [];
    const [path, target] = [pathInLine(from), pathInLine(to)];
    if (path !== "" && target !== "") found.push({ line, edit: { kind: "rename", path, to: target } });
  }
  return found;
}

function pathOfFence(fence: FencedBlock | undefined, lines: readonly string[]): string {
  if (fence === undefined) return "";
  const before = previousLine(lines, fence.first, -1);
  return pathInInfo(fence.info) || (functionInLine(before)?.path ?? pathInLine(before));
}

/** The function that a fence holds as a whole, by the line above it or its own first line; null where it is none. */
function functionOf({ first, content }: FencedBlock, lines: readonly string[]) {
  const above = functionInLine(previousLine(lines, first, -1));
  if (above !== null) return { ...above, content: content === "" ? "" : `${content}\n` };
  const [head = "", ...rest] = content.split("\n");
  const inside = functionInLine(head);
  return inside === null ? null : { ...inside, content: rest.length === 0 ? "" : `${rest.join("\n")}\n` };
}

/** The nearest line above that is neither empty nor a fence or marker, at most two lines up; empty past `floor`. */
function previousLine(lines: readonly string[], from: number, floor: number): string {
  for (let at = from - 1; at > floor && at >= from - 2; at -= 1) {
    const line = lines[at] ?? "";
    if (/^\s*>{5,9}\s*REPLACE\b|^\s*(?:`{3,}|~{3,})/.test(line)) return "";
    if (line.trim() !== "") return line;
  }
  return "";
}
