import type { OutlineBlock } from "./story-outline.ts";

const areaHeading =
  /\b(?:affected|area|areas|component|components|module|modules|package|packages|where|files?|paths?)\b/i;
const areaLabel = /^(?:area|component|comp|module|package|pkg|scope|service|team)\s*[/:=-]\s*\S/i;
const areaLine = /\b(?:area|component|module|package|service|file|path)s?(?:\s+affected)?\s*:\s*[`\p{L}\p{N}]/iu;
const address = /\b[a-z][a-z+.-]{0,19}:\/\/\S+/gi;
const path =
  /(?:^|[\s`"'(])(?:\.{0,2}\/)?(?:[\w@.-]+\/)*[\w@-][\w@.-]*\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|c|h|cc|cpp|hpp|swift|scala|sh|sql|html?|s?css|vue|svelte|json|ya?ml|toml|md|proto|graphql|tf|lock)\b|(?:^|[\s`"'(])(?:src|lib|app|apps|packages|test|tests|docs|internal|cmd|pkg|deploy|scripts|\.github)\/[\w@./-]*/i;
const nameInCode = /`[\w@./:#-]{2,}(?:\(\))?`/;

/** Whether a story names what it touches: a path, a component, or a label (DOMAIN.md §2). */
export function namesArea(blocks: readonly OutlineBlock[], labels: readonly string[]): boolean {
  if (labels.some((label) => areaLabel.test(label))) {
    return true;
  }
  let underArea = false;
  for (const block of blocks) {
    if (block.kind === "heading") {
      underArea = areaHeading.test(block.text);
      continue;
    }
    const lines = block.kind === "row" ? block.cells : block.kind === "code" ? [] : [block.text];
    if (lines.some((line) => (underArea && /[\p{L}\p{N}]/u.test(line)) || namesPlace(line))) {
      return true;
    }
  }
  return false;
}

function namesPlace(line: string): boolean {
  const text = line.replace(address, " ");
  return path.test(text) || nameInCode.test(text) || areaLine.test(text);
}
