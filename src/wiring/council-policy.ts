import type { PolicyConfiguration } from "../deliberation/application/job.ts";
import type { Checks } from "../deliberation/application/ports.ts";
import type { SecretScan } from "../execution/application/ports.ts";
import { checkPolicy, isSizeFinding, type PolicyFinding } from "../execution/domain/policy/check-policy.ts";
import { mayCall } from "../execution/domain/policy/may-call.ts";
import { type PathConfiguration, writeBounds } from "../execution/domain/policy/may-write.ts";
import { matchesAny, pathKinds } from "../execution/domain/policy/path-kinds.ts";

/** Joins what deliberation asks about rules to execution's policy: L1, secrets, sizes, and which paths are tests. */
export function createCouncilPolicy(
  scanSecrets: SecretScan,
): Pick<Checks, "policy" | "isTestPath" | "boundsOf" | "refusalOf"> {
  return {
    async policy(changes, { role, configuration, existing }) {
      const texts = changes.flatMap(({ path, content }) =>
        content === null ? [] : [{ path, text: Buffer.from(content, "base64").toString("utf8") }],
      );
      const findings = checkPolicy({
        role,
        changes,
        secrets: await scanSecrets(texts),
        existing,
        configuration: pathsOf(configuration),
      });
      return {
        policy: findings.filter((finding) => !isSizeFinding(finding)).map(sentence),
        size: findings.filter(isSizeFinding).map(sentence),
      };
    },
    isTestPath: (path, { tests }) => matchesAny(tests.length > 0 ? tests : pathKinds.tests, path),
    boundsOf: (role, configuration) => writeBounds(role, pathsOf(configuration)),
    refusalOf(role, call, configuration) {
      const decision = mayCall(role, call, pathsOf(configuration));
      return decision.allowed ? null : { path: call.path ?? "", rule: decision.rule, reason: decision.reason };
    },
  };
}

function pathsOf({ deny, tests }: PolicyConfiguration): PathConfiguration {
  return { deny, ...(tests.length > 0 ? { tests } : {}) };
}

function sentence({ path, reason }: PolicyFinding): string {
  return path === "" ? reason : `${path}: ${reason}`;
}
