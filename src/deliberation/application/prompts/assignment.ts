import { writesTests } from "../acting-role.ts";
import type { DeliberationJob } from "../job.ts";

/** What a member is to write: the change, or for a task that writes tests the tests (`newTestsCell` measures them). */
export function assignment(job: DeliberationJob): string {
  const criteria = job.story.criteria.filter(({ number }) => job.task?.covers.includes(number) ?? true);
  const numbers = criteria.map(({ number }) => number);
  const work = writesTests(job)
    ? testWork(job, numbers)
    : `Write the change that does what the task asks for and meets every acceptance criterion above${inBrackets(numbers)}.`;
  const again = " An earlier round is already in the files; a reviewer rejected it. Answer the reviewer's feedback.";
  return `${work}${job.round > 1 ? again : ""}`;
}

function testWork({ story, task }: DeliberationJob, numbers: readonly number[]): string {
  const [first = 1] = numbers;
  const { missing = [], there = [] } = task?.code ?? {};
  const known = [
    missing.length === 0
      ? ""
      : ` The code of criterion ${missing.join(", ")} is not there yet: its tests must fail now.`,
    there.length === 0 ? "" : ` The code of criterion ${there.join(", ")} is there: its tests must pass.`,
  ];
  return (
    `Write tests of every acceptance criterion above${inBrackets(numbers)}, and nothing but tests. ` +
    `Put the tests of a criterion into a file of its own beside the repository's tests, with \`story-${story.number}-criterion-${first}\` (for criterion ${first}) in its name, as the tests there are named. ` +
    "The code that a criterion asks for may not be there yet. Then its test must fail by an assertion, and not because an import, a name or a file is missing: look such things up while the test runs, and assert that they are there. A test of code that is there must pass." +
    known.join("")
  );
}

function inBrackets(numbers: readonly number[]): string {
  return numbers.length === 0 ? "" : ` (${numbers.join(", ")})`;
}
