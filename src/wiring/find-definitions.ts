import { languageOf } from "../context/domain/code/language.ts";
import type { ParsedFile, ParsedSymbol } from "../context/domain/code/parsed-file.ts";
import { parseSource } from "../context/infrastructure/syntax/parse-source.ts";
import type { Outline } from "../deliberation/application/ports.ts";
import type { FindDefinitions } from "../execution/application/ports.ts";

/** Joins execution's edits of whole functions to the grammars that the code context reads with. */
export const findDefinitions: FindDefinitions = async (path, text) => {
  const parsed = await parse(path, text);
  if (parsed === null) return null;
  const definitions = parsed.symbols.map((symbol) => ({
    name: wholeName(symbol),
    start: symbol.start,
    end: symbol.end,
  }));
  return { definitions, faulty: parsed.faulty };
};

/** What a file defines, by line, for an agent that reads it; null where there is no grammar for it. */
export async function outlineOf(path: string, text: string): Promise<Outline | null> {
  const parsed = await parse(path, text);
  const lines = text.split(/\r?\n/);
  const show = (symbol: ParsedSymbol): Outline[number] => ({
    name: wholeName(symbol),
    from: symbol.from,
    to: symbol.to,
    text: (lines[symbol.from - 1] ?? "").slice(0, 200),
  });
  return parsed === null ? null : parsed.symbols.map(show);
}

/** Parsing holds up the whole worker: 0.2 s for so many characters. Larger files are taken for ones without a grammar. */
const maxLength = 512 * 1024;

async function parse(path: string, text: string): Promise<ParsedFile | null> {
  const language = text.length > maxLength ? null : languageOf(path);
  return language === null ? null : parseSource(path, text, language);
}

function wholeName({ name, parent }: ParsedSymbol): string {
  return parent === null ? name : `${parent}.${name}`;
}
