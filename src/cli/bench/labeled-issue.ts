/** An `issues.labeled` payload of about 10 KB, as GitHub sends it: mostly addresses and a text. */
export function labeledIssue(n: number): string {
  const api = "https://api.github.com/repos/acme/widgets";
  const user = {
    login: "octocat",
    id: 1,
    type: "User",
    site_admin: false,
    ...addresses("https://api.github.com/users/octocat", 14),
  };
  const label = { id: 208_045_946, name: "fleet:story", color: "0e8a16", default: false, url: `${api}/labels/fleet` };
  return JSON.stringify({
    action: "labeled",
    issue: {
      ...addresses(`${api}/issues/${n}`, 12),
      id: 1_000_000 + n,
      number: n,
      title: `As a customer I want to see widget ${n}`,
      user,
      labels: [label, { ...label, name: "story/draft" }],
      state: "open",
      body: 'As a customer,\nI want "widgets",\nso that…\n\n- [ ] a criterion\n'.repeat(22),
    },
    label,
    repository: {
      id: 1_296_269,
      name: "widgets",
      full_name: "acme/widgets",
      owner: user,
      ...addresses(api, 42),
    },
    organization: { login: "acme", id: 2, ...addresses("https://api.github.com/orgs/acme", 8) },
    sender: user,
    installation: { id: 42, node_id: "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uNDI=" },
  });
}

function addresses(base: string, count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`resource_${n}_url`, `${base}/resource_${n}{/id}`]),
  );
}
