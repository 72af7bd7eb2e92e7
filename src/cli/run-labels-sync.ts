import { ConfigurationError } from "../kernel/errors.ts";
import type { Environment } from "../platform/config/environment.ts";
import { createLogger } from "../platform/logging/create-logger.ts";
import { connectGitHub } from "../wiring/connect-github.ts";
import { type LabelsSyncOptions, syncLabels } from "./labels-sync.ts";

/**
 * `fleet labels sync` on the GitHub of the environment, at GitHub's pace.
 * @throws ConfigurationError without the App's credentials.
 */
export async function runLabelsSync(environment: Environment, options: LabelsSyncOptions): Promise<number> {
  if (environment.app === undefined)
    throw new ConfigurationError("APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are missing: labels are synced as the App.");
  const github = connectGitHub(
    environment.app,
    environment.github,
    createLogger({ ...environment.log, stream: process.stderr }),
    {
      patienceMs: Number.POSITIVE_INFINITY,
    },
  );
  return syncLabels({ github, print: (line) => console.log(line) }, options);
}
