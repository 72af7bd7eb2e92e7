import type { Environment } from "../platform/config/environment.ts";
import type { PlaygroundFleet } from "./playground-fleet.ts";

/** Prints where everything is and the people's tokens, so that `curl`, `gh` and `git` can play on. */
export async function printAddresses(
  { playground, fleet, dataDir, simulated }: PlaygroundFleet,
  environment: Environment,
  say: (line: string) => void,
): Promise<void> {
  const { github, owner, repo, cast } = playground;
  const { host } = new URL(github.url);
  const people = [
    ["product owner", cast.productOwner],
    ["architect", cast.architect],
    ["qa", cast.qa],
    ["developer", cast.developer],
  ] as const;
  say(`
Running until you press Ctrl-C. Simulated: ${simulated}.

  the fleet      ${fleet.url} (webhooks, /health/live, /health/ready)
  local GitHub   ${github.url}/api/v3 (REST), ${github.url}/${owner}/${repo}.git (git)
  models         ${environment.models.hosts.length > 0 ? environment.models.hosts.join(", ") : "none configured: the rehearsal model answers the bundled story, people do everything else"}

  who            login              token
${people.map(([role, { login, token }]) => `  ${role.padEnd(14)} ${login.padEnd(18)} ${token}`).join("\n")}

  Open a story:  curl -s ${github.url}/api/v3/repos/${owner}/${repo}/issues -H "Authorization: Bearer ${cast.productOwner.token}" \\
                   -d '{"title":"Sort the slots by their start","body":"As a …","labels":["fleet:story"]}'
  With gh:       GH_HOST=${host} GH_ENTERPRISE_TOKEN=${cast.productOwner.token} gh api ${github.url}/api/v3/repos/${owner}/${repo}/issues
  With git:      git clone http://${cast.developer.login}:${cast.developer.token}@${host}/${owner}/${repo}.git
  Ask the fleet: FLEET_DATA_DIR=${dataDir} node dist/src/cli/fleet.js why-context ${owner}/${repo}#1
`);
}
