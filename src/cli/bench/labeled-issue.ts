import { issueDeliveryBody } from "./issue-delivery-body.ts";

/** An `issues.labeled` payload of about 10 KB, as GitHub sends it: mostly addresses and a text. */
export function labeledIssue(n: number): string {
  return issueDeliveryBody({
    action: "labeled",
    number: n,
    title: `As a customer I want to see widget ${n}`,
    body: 'As a customer,\nI want "widgets",\nso that…\n\n- [ ] a criterion\n'.repeat(22),
    labels: ["fleet:story", "story/draft"],
    label: "fleet:story",
    updatedAt: Date.UTC(2030, 0, 1),
    repository: { id: 1_296_269, owner: "acme", name: "widgets" },
    installation: 42,
    sender: { id: 1, login: "octocat" },
  });
}
