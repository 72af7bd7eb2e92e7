import type { ConfigurationProblem } from "../configuration/parse-configuration.ts";
import { codeSpan, inlineText } from "./safe-text.ts";

/** What is wrong in fleet.yml, at most ten lines of it, and which roles it leaves to the repository's permissions. */
export function configurationNote(problems: readonly ConfigurationProblem[], unsetRoles: readonly string[]): string {
  const broken = problems.map(({ line, path, message, fix }) => {
    const place = line === null ? "" : `line ${line}: `;
    return `- ${place}${codeSpan(path)} ${inlineText(message)}; ${inlineText(fix)}`;
  });
  const attention =
    broken.length === 0
      ? ""
      : `**fleet.yml needs attention**; the last good one stays in force.\n${broken.slice(0, 10).join("\n")}`;
  const roles =
    unsetRoles.length === 0
      ? ""
      : `<sub>\`.github/fleet.yml\` does not set ${unsetRoles.join(", ")}, so the repository's permissions do: maintain and admin are product owner and architect, write is developer and qa.</sub>`;
  return [attention, roles].filter((part) => part !== "").join("\n\n");
}
