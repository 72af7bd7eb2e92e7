import type { TaskLanguage } from "./task.ts";
import { type Token, tokensOf } from "./tokens.ts";

const declarations: Readonly<Record<TaskLanguage, RegExp>> = {
  javascript: /\b(?:const|let)\s+([A-Za-z_$][\w$]*)\s*=|\b(?:const|let)\s+([A-Za-z_$][\w$]*)\s+of\b/g,
  python: /^\s+([A-Za-z_]\w*)\s*=(?!=)|\bfor\s+([A-Za-z_]\w*)\s+in\b/gm,
  go: /\b([A-Za-z_]\w*)\s*:=|\bfor\s+_,\s*([A-Za-z_]\w*)\s*:=/g,
};

const names = ["item", "found", "state", "mark", "part", "spot"];

/**
 * The same module in other words: one local variable has another name. Nothing is proved about it; a name that is also a
 * property's may change what the module does.
 */
export function rewordingsOf(source: string, language: TaskLanguage): readonly string[] {
  const tokens = tokensOf(source, language);
  const used = new Set(tokens.map(({ text }) => text));
  const locals = [...source.matchAll(declarations[language])].map(([, first, second]) => first ?? second ?? "");
  const free = names.filter((name) => !used.has(name));
  return [...new Set(locals)].flatMap((local, at) => {
    const name = free[at % Math.max(1, free.length)];
    return local === "" || name === undefined ? [] : [renamed(tokens, local, name)];
  });
}

function renamed(tokens: readonly Token[], local: string, name: string): string {
  return tokens
    .map(({ kind, text }, at) => {
      if (kind === "string" && text.startsWith("`")) return inTemplate(text, local, name);
      return kind === "word" && text === local && tokens[at - 1]?.text !== "." ? name : text;
    })
    .join("");
}

/** The code of a template string holds names as well. */
function inTemplate(text: string, local: string, name: string): string {
  return text.replace(/\$\{[^}]*\}/g, (code) => code.replace(new RegExp(`(?<![.\\w$])${local}(?![\\w$])`, "g"), name));
}
