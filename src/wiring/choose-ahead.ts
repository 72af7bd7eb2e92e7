import { LRUCache } from "lru-cache";
import { type AboutFacts, aboutText, showsCode } from "../context/application/build-context.ts";
import type { CodeSource, RedactText } from "../context/application/ports.ts";
import type { ContextRole } from "../context/domain/block-table.ts";
import type { Phase } from "../context/domain/phase.ts";

export type Choices = LRUCache<string, ReturnType<CodeSource["choose"]>>;

/** So many choices are remembered; one is some 150 symbols without their texts. */
export const createChoices = (): Choices => new LRUCache({ max: 200 });

/**
 * The same code, of which is chosen once for each text: while it is still read what the reader may see, and for the next context of a
 * task, which may say the same. `at` names the reader's role and the repository; a choice that failed is none.
 */
export function chooseOnce(source: CodeSource, choices: Choices, at: string): CodeSource {
  return {
    ...source,
    choose(about) {
      const key = JSON.stringify([at, source.commit, about]);
      const known = choices.get(key);
      if (known !== undefined) return known;
      const choice = source.choose(about);
      choices.set(key, choice);
      choice.catch(() => choices.delete(key));
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
  try {
    const { text } = await redact(aboutText(about), "text");
    await source.choose(text);
  } catch {
    // Nobody waits for this; who waits for the same choice is told.
  }
}
