import type { OutlineBlock } from "./story-outline.ts";

/** One acceptance criterion of a story, as found in its text. */
export type FoundCriterion = {
  readonly text: string;
  /** Whether it has the form Given … When … Then …, each with something after it. */
  readonly inForm: boolean;
  /** What follows "Then"; null where there is none. */
  readonly outcome: string | null;
};

/** A piece of text that may be a criterion: a list item with what belongs to it, a paragraph, a table row. */
type Unit = {
  readonly lines: string[];
  readonly indent: number;
  readonly isItem: boolean;
  readonly inSection: boolean;
};

/** A heading below which acceptance criteria stand. */
export const criteriaHeading = /\b(?:acceptance|criteria|criterion|scenarios?)\b/i;
const gherkinLanguages = ["gherkin", "feature", "cucumber"];
const label = "(?:(?:ac|criterion|scenario|example)?\\s*[\\d.]*\\s*[:.)–—-]\\s*|[^:]{1,80}:\\s*)?";
const opensWithGiven = new RegExp(`^${label}given\\b`, "i");
const opensWithWhen = new RegExp(`^${label}when\\b`, "i");
const goesOn = /^(?:given|when|then|and|but)\b/i;
const scenarioTitle = /^(?:scenario|scenario outline|example)\b[^:]*:/i;
const gherkinNoise = /^(?:#|@|feature:|background:|examples:|\||"""|$)/i;

/**
 * The acceptance criteria in a story, in the order of the text: Given/When/Then anywhere, in one line, over several
 * lines or list items, in a table or in a Gherkin block; and whatever else is listed under a heading that names criteria.
 */
export function findCriteria(blocks: readonly OutlineBlock[]): readonly FoundCriterion[] {
  const units = joinUnits(blocks);
  const sectionHasItems = units.some((unit) => unit.inSection && unit.isItem);
  const found: string[][] = [];
  let open: string[] | null = null;
  for (const unit of units.flatMap(splitAtGiven)) {
    const text = unit.lines.join(" ");
    const formed = readForm(unit.lines) !== null;
    const begins = unit.lines.some((line) => opensWithGiven.test(line));
    if (open !== null && !formed && !begins && goesOn.test(text)) {
      open.push(...unit.lines);
    } else if (formed || begins || (unit.inSection && opensWithWhen.test(text))) {
      open = [...unit.lines];
      found.push(open);
    } else {
      open = null;
      if (unit.inSection && (unit.isItem || (!sectionHasItems && !text.endsWith(":")))) {
        found.push([...unit.lines]);
      }
    }
  }
  return found.map(toCriterion).filter((criterion) => /[\p{L}\p{N}]/u.test(criterion.text));
}

function toCriterion(lines: readonly string[]): FoundCriterion {
  const text = collapse(lines);
  const outcome = readForm(lines);
  return { text, inForm: outcome !== null, outcome: outcome ?? after(text, /\bthen\b/gi, 0)?.rest ?? null };
}

/** White space inside a line is single blanks already: the outline makes it so, and `scenarios` for code. */
function collapse(lines: readonly string[]): string {
  return lines.join(" ").trim();
}

/**
 * The outcome of a text in the form Given … When … Then …; null where it has not that form. The form begins with a line:
 * a "given" in the middle of a sentence is none.
 */
function readForm(lines: readonly string[]): string | null {
  const start = lines.findIndex((line) => opensWithGiven.test(line) || scenarioTitle.test(line));
  if (start < 0) {
    return null;
  }
  const text = collapse(lines.slice(start));
  const given = after(text, /\bgiven\b/gi, 0);
  const when = given && after(text, /\bwhen\b/gi, given.end);
  const then = when && after(text, /\bthen\b/gi, when.end);
  if (!given || !when || !then) {
    return null;
  }
  const parts = [text.slice(given.end, when.start), text.slice(when.end, then.start), then.rest];
  return parts.every((part) => /[\p{L}\p{N}]/u.test(part)) ? then.rest : null;
}

function after(text: string, word: RegExp, from: number): { start: number; end: number; rest: string } | null {
  word.lastIndex = from;
  const match = word.exec(text);
  if (match === null) {
    return null;
  }
  const end = match.index + match[0].length;
  return { start: match.index, end, rest: text.slice(end).replace(/^[\s,:]+/, "") };
}

function joinUnits(blocks: readonly OutlineBlock[]): readonly Unit[] {
  const units: Unit[] = [];
  let current: Unit | null = null;
  let sectionDepth: number | null = null;
  let header: readonly string[] | null = null;
  for (const block of blocks) {
    if (block.kind !== "row") {
      header = null;
    }
    const inSection: boolean = sectionDepth !== null;
    switch (block.kind) {
      case "heading":
        sectionDepth = nextSection(block, sectionDepth);
        current = null;
        break;
      case "item":
        if (current?.isItem && block.indent > current.indent + 1) {
          current.lines.push(block.text);
        } else {
          current = { lines: [block.text], indent: block.indent, isItem: true, inSection };
          units.push(current);
        }
        break;
      case "line":
        if (current !== null && (block.joined || (current.isItem && block.indent > current.indent + 1))) {
          current.lines.push(block.text);
        } else {
          current = { lines: [block.text], indent: block.indent, isItem: false, inSection };
          units.push(current);
        }
        break;
      case "row":
        if (header === null) {
          header = block.cells;
        } else {
          units.push({ lines: rowLines(header, block.cells), indent: 0, isItem: true, inSection });
        }
        current = null;
        break;
      case "code":
        units.push(...scenarios(block, inSection));
        current = null;
    }
  }
  return units;
}

/** The depth of the criteria's heading while below it; null outside. */
function nextSection(block: { depth: number; text: string }, sectionDepth: number | null): number | null {
  if (criteriaHeading.test(block.text) && (sectionDepth === null || block.depth <= sectionDepth)) {
    return block.depth;
  }
  return sectionDepth !== null && block.depth > sectionDepth ? sectionDepth : null;
}

/** A table's columns may carry the keywords. */
function rowLines(header: readonly string[], cells: readonly string[]): string[] {
  return cells.map((cell, column) => {
    const keyword = header[column] ?? "";
    return goesOn.test(keyword) && !goesOn.test(cell) ? `${keyword} ${cell}` : cell;
  });
}

function scenarios(block: { language: string; lines: readonly string[] }, inSection: boolean): readonly Unit[] {
  const lines = block.lines.map((line) => line.replace(/\s+/g, " ").trim());
  const isGherkin = gherkinLanguages.includes(block.language) || lines.some((line) => opensWithGiven.test(line));
  if (!isGherkin) {
    return [];
  }
  const units: Unit[] = [];
  for (const line of lines.filter((candidate) => !gherkinNoise.test(candidate))) {
    const last = units.at(-1);
    if (last === undefined || scenarioTitle.test(line) || (/^given\b/i.test(line) && last.lines.some(isStep))) {
      units.push({ lines: [line], indent: 0, isItem: true, inSection });
    } else {
      last.lines.push(line);
    }
  }
  return units;
}

function isStep(line: string): boolean {
  return goesOn.test(line);
}

/** Several criteria in one paragraph, each on lines of its own, are several criteria. */
function splitAtGiven(unit: Unit): readonly Unit[] {
  const parts: Unit[] = [];
  for (const line of unit.lines) {
    const last = parts.at(-1);
    if (
      last === undefined ||
      (opensWithGiven.test(line) && last.lines.some((earlier) => opensWithGiven.test(earlier)))
    ) {
      parts.push({ ...unit, lines: [line] });
    } else {
      last.lines.push(line);
    }
  }
  return parts;
}
