import type { TaskLanguage } from "./task.ts";

/** A piece of source. All pieces together are the source again. */
export type Token = {
  readonly kind: "blank" | "comment" | "string" | "number" | "word" | "sign";
  readonly text: string;
};

const slashComment = String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/`;
const strings = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`;
const signs = [
  ...["===", "!==", "...", "**=", "//=", ">>=", "<<="],
  ...["==", "!=", "<=", ">=", "&&", "||", "??", "?.", "=>", ":=", "++", "--", "+=", "-=", "*=", "/=", "%=", "**"],
  ...["//", "->", "<-", "<<", ">>"],
];

const kinds: Readonly<Record<TaskLanguage, { readonly comment: string; readonly string: string }>> = {
  javascript: { comment: slashComment, string: `${strings}|${String.raw`\x60(?:[^\x60\\]|\\.)*\x60`}` },
  python: { comment: "#[^\\n]*", string: String.raw`"""[\s\S]*?"""|${strings}` },
  go: { comment: slashComment, string: `${strings}|${String.raw`\x60[^\x60]*\x60`}` },
};

/** Splits a source by simple rules, enough for small modules: regular expressions are not known as such. */
export function tokensOf(source: string, language: TaskLanguage): readonly Token[] {
  const { comment, string } = kinds[language];
  const sign = signs.map((text) => text.replace(/[^\w]/g, "\\$&")).join("|");
  const pattern = new RegExp(
    `(?<blank>\\s+)|(?<comment>${comment})|(?<string>${string})|(?<number>\\d+(?:\\.\\d+)?)|(?<word>[A-Za-z_$][\\w$]*)|(?<sign>${sign}|[^])`,
    "g",
  );
  return [...source.matchAll(pattern)].map(({ 0: text, groups }) => ({ kind: kindOf(groups), text }));
}

/** A text by which two modules count as the same answer: without comments, and blanks do not matter. */
export function normalised(source: string, language: TaskLanguage): string {
  const told = tokensOf(source, language).filter(({ kind }) => kind !== "blank" && kind !== "comment");
  return told.map(({ text }) => text).join(" ");
}

function kindOf(groups: Readonly<Record<string, string | undefined>> | undefined): Token["kind"] {
  for (const kind of ["blank", "comment", "string", "number", "word"] as const)
    if (groups?.[kind] !== undefined) return kind;
  return "sign";
}
