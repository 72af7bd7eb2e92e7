import type { CheckConfiguration, PolicyConfiguration } from "../../deliberation/application/job.ts";
import type { FoundCommit } from "../../execution/infrastructure/find-commit.ts";
import { readCommitFile } from "../../execution/infrastructure/read-commit-file.ts";
import { parseConfiguration } from "../../github/configuration/parse-configuration.ts";

/** What the base's own `.github/fleet.yml` says about checks and paths. */
export type RepositorySettings = { readonly configuration: CheckConfiguration; readonly policy: PolicyConfiguration };

const file = ".github/fleet.yml";

/** Reads the file from the base, never from a candidate. One that is broken is told and counts as absent. */
export async function readRepositorySettings(
  base: FoundCommit,
  say: (line: string) => void,
): Promise<RepositorySettings> {
  const parsed = parseConfiguration((await readCommitFile(base, file)) ?? "");
  if (!parsed.ok) say(`${file} of the base is not valid and is left aside; see fleet config validate`);
  const { checks, paths } = parsed.ok ? parsed.configuration : { checks: {}, paths: { deny: [], tests: [] } };
  const { install = null, build = null, lint = null, test = null, migrate = null } = checks;
  return { configuration: { install, build, lint, test, migrate }, policy: { deny: paths.deny, tests: paths.tests } };
}
