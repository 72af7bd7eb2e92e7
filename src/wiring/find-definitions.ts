import { languageOf } from "../context/domain/code/language.ts";
import { parseSource } from "../context/infrastructure/syntax/parse-source.ts";
import type { FindDefinitions } from "../execution/application/ports.ts";

/** Joins execution's edits of whole functions to the grammars that the code context reads with. */
export const findDefinitions: FindDefinitions = async (path, text) => {
  const language = languageOf(path);
  const parsed = language === null ? null : await parseSource(path, text, language);
  if (parsed === null) return null;
  const definitions = parsed.symbols.map(({ name, parent, start, end }) => ({
    name: parent === null ? name : `${parent}.${name}`,
    start,
    end,
  }));
  return { definitions, faulty: parsed.faulty };
};
