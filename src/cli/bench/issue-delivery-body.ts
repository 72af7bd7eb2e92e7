export type IssueDelivery = {
  readonly action: "opened" | "edited" | "labeled";
  readonly number: number;
  readonly title: string;
  readonly body: string;
  /** The names of the issue's labels. */
  readonly labels: readonly string[];
  /** The label that was added; null where the action is about none. */
  readonly label: string | null;
  /** Milliseconds since the epoch; GitHub's times have whole seconds. */
  readonly updatedAt: number;
  readonly repository: { readonly id: number; readonly owner: string; readonly name: string };
  readonly installation: number;
  readonly sender: { readonly id: number; readonly login: string };
};

/** An `issues` payload as GitHub sends it: about 8 KB of addresses around the issue's text. */
export function issueDeliveryBody(delivery: IssueDelivery): string {
  const { repository, number } = delivery;
  const fullName = `${repository.owner}/${repository.name}`;
  const api = `https://api.github.com/repos/${fullName}`;
  const user = {
    ...delivery.sender,
    type: "User",
    site_admin: false,
    ...addresses(`https://api.github.com/users/${delivery.sender.login}`, 14),
  };
  return JSON.stringify({
    action: delivery.action,
    issue: {
      ...addresses(`${api}/issues/${number}`, 12),
      id: 1_000_000 + number,
      number,
      title: delivery.title,
      user,
      labels: delivery.labels.map((name) => labelOf(api, name)),
      state: "open",
      updated_at: new Date(delivery.updatedAt).toISOString().replace(/\.\d+Z$/, "Z"),
      body: delivery.body,
    },
    ...(delivery.label === null ? {} : { label: labelOf(api, delivery.label) }),
    repository: {
      id: repository.id,
      name: repository.name,
      full_name: fullName,
      owner: { ...user, login: repository.owner },
      ...addresses(api, 42),
    },
    organization: {
      login: repository.owner,
      id: 2,
      ...addresses(`https://api.github.com/orgs/${repository.owner}`, 8),
    },
    sender: user,
    installation: { id: delivery.installation, node_id: "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uNDI=" },
  });
}

function labelOf(api: string, name: string) {
  return { id: 208_045_946, name, color: "0e8a16", default: false, url: `${api}/labels/${encodeURIComponent(name)}` };
}

function addresses(base: string, count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`resource_${n}_url`, `${base}/resource_${n}{/id}`]),
  );
}
