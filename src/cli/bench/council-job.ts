import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { emptyFacts } from "../../context/domain/written-facts.ts";
import { redactText } from "../../context/infrastructure/redact-text.ts";
import { type DeliberationJob, deliberationJobSchema } from "../../deliberation/application/job.ts";
import { gitEnvironment } from "../../platform/git/run-git.ts";
import { rehearsalModels } from "../../playground/rehearsal/recordings.ts";
import { sampleRepositoryDirectory, sampleStories } from "../../playground/sample/script.ts";
import { buildJobContext } from "../../wiring/council-contexts.ts";
import { openTree } from "../../wiring/open-code.ts";

const criteria = [
  { number: 1, text: "Given 3 open bookings, when another slot is booked, then the code is `TOO_MANY_BOOKINGS`." },
  { number: 2, text: "Given a refusal, when one booking is cancelled, then the next one is `ok: true`." },
  { number: 3, text: "Given 2 open bookings, when `bookingsLeft` is called, then the answer is 1." },
];

/** The sample repository as a bare one, with its only commit. */
export async function makeSampleMirror(directory: string): Promise<{ readonly mirror: string; readonly sha: string }> {
  const [work, mirror] = [join(directory, "sample"), join(directory, "sample.git")];
  await cp(sampleRepositoryDirectory, work, { recursive: true });
  const git = async (...args: readonly string[]) => {
    const author = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"];
    const options = { cwd: work, env: gitEnvironment() };
    return (await promisify(execFile)("git", [...author, ...args], options)).stdout.trim();
  };
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", ".");
  await git("commit", "--quiet", "--message=Start");
  await git("clone", "--quiet", "--bare", work, mirror);
  return { mirror, sha: await git("rev-parse", "HEAD") };
}

/** The demo's first round on the sample repository: three members, three acceptance tests, recorded answers. */
export async function councilJob(
  number: number,
  host: string,
  { mirror, sha }: { readonly mirror: string; readonly sha: string },
): Promise<DeliberationJob> {
  const [sample] = sampleStories();
  if (sample === undefined) throw new Error("No sample story is bundled.");
  const story = { number, title: sample.title, body: sample.body, criteria };
  const task = {
    id: `1-${number}-p1-t1`,
    number: 1,
    title: "Refuse a fourth open booking and tell how many are left",
    description: "Count the open bookings of the customer.",
    type: "code",
    role: "developer",
    covers: criteria.map((each) => each.number),
    branch: `fleet/${number}/t1`,
    feedback: [],
  } as const;
  const source = { mirror, baseSha: sha, startSha: sha };
  const facts = {
    ...emptyFacts,
    story: { id: `1-${number}`, ...story },
    task: { ...task, state: "implementing", dependsOn: [] },
  };
  const code = await openTree(mirror, sha);
  const context = await buildJobContext({ facts, role: "developer", phase: "build", source: code }, redactText);
  return deliberationJobSchema.parse({
    deliberationId: `${task.id}-r1`,
    kind: "implementation",
    subject: { installation: 1, repository: 1, story: `1-${number}`, task: task.id },
    round: 1,
    story,
    task,
    context,
    source,
    checks: null,
    policy: { deny: [], tests: [] },
    members: rehearsalModels.map((model, index) => ({
      number: index + 1,
      model,
      host,
      temperature: 0.2,
      slice: "core",
    })),
    budget: { tokens: 400_000, minutes: 30 },
    // The bundled candidates are the project's own code.
    trusted: true,
    planFeedback: [],
  } satisfies { [name in keyof DeliberationJob]: unknown });
}
