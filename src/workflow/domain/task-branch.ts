/**
 * The branch of a task: `fleet/<issue>/t<n>-<slug>`, the slug at most 40 characters of a–z, 0–9 and hyphens. A story
 * that was planned again has tasks of the same numbers: from its second plan on the version keeps their branches apart.
 */
export function taskBranch(issueNumber: number, planVersion: number, number: number, title: string): string {
  const plan = planVersion > 1 ? `p${planVersion}-` : "";
  return `fleet/${issueNumber}/${plan}t${number}-${slug(title)}`;
}

function slug(title: string): string {
  const words = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 41)
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return words === "" ? "task" : words;
}
