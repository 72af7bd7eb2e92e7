import { type Asked, parseCommands } from "./parse-commands.ts";

/** How many commands of one comment are run. */
export const maxCommands = 10;

/** What of a comment is to be answered, and how many commands more there are than are run of one comment. */
export type CommandsToRun = { readonly asked: readonly Asked[]; readonly leftOut: number };

/**
 * The commands of a comment that are to be run: all of a new one, those of an edited one that it did not have before
 * (`before`: its text until then). A command with another argument is another command.
 */
export function commandsToRun(markdown: string, before: string | null): CommandsToRun {
  const fresh =
    before === null ? parseCommands(markdown) : withoutKnown(parseCommands(markdown), parseCommands(before));
  return { asked: fresh.slice(0, maxCommands), leftOut: Math.max(0, fresh.length - maxCommands) };
}

function withoutKnown(now: readonly Asked[], before: readonly Asked[]): readonly Asked[] {
  const known = new Map<string, number>();
  for (const asked of before) known.set(keyOf(asked), (known.get(keyOf(asked)) ?? 0) + 1);
  return now.filter((asked) => {
    const left = known.get(keyOf(asked)) ?? 0;
    known.set(keyOf(asked), left - 1);
    return left <= 0;
  });
}

function keyOf(asked: Asked): string {
  return JSON.stringify(asked);
}
