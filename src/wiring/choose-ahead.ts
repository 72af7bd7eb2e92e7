import { type AboutFacts, aboutText, showsCode } from "../context/application/build-context.ts";
import type { CodeSource, RedactText } from "../context/application/ports.ts";
import type { ContextRole } from "../context/domain/block-table.ts";
import type { Phase } from "../context/domain/phase.ts";

/** The same code, of which is chosen once for each text: the seats of a council are mostly told the same of it. */
export function chooseOnce(source: CodeSource): CodeSource {
  const choices = new Map<string, ReturnType<CodeSource["choose"]>>();
  return {
    ...source,
    choose(about) {
      const known = choices.get(about);
      if (known !== undefined) return known;
      const choice = source.choose(about);
      choices.set(about, choice);
      return choice;
    },
  };
}

/**
 * Begins to choose while it is still read what the reader may see. A reader who is told something else of the story has
 * another text, and so another choice; what goes wrong here goes wrong there again.
 */
export async function chooseAhead(
  source: CodeSource,
  about: AboutFacts,
  { role, phase, redact }: { readonly role: ContextRole; readonly phase: Phase; readonly redact: RedactText },
): Promise<void> {
  if (!showsCode(role, phase)) return;
  const { text } = await redact(aboutText(about), "text");
  await source.choose(text).catch(() => undefined);
}
