import { expect, it } from "vitest";
import { withOutdated } from "../../../../src/deliberation/application/implementation/check-cells.ts";
import { plainCheck } from "../../../../src/deliberation/domain/check-result.ts";

const fine = plainCheck("regressions", "passed", "All 2 existing tests pass.");
const accepted = { ...plainCheck("acceptance", "passed", "2 of 2 acceptance tests pass"), passed: 2, total: 2 };

it.each([
  ["nothing where no changed test fails as it was", [], accepted, "passed", "All 2 existing tests pass."],
  [
    "named, where acceptance tests ask for another behaviour",
    ["rounds"],
    accepted,
    "passed",
    "Existing tests that it changed fail as they were: 1; the acceptance tests ask for another behaviour.",
  ],
  [
    "a regression where no acceptance test was kept",
    ["rounds"],
    plainCheck("acceptance", "skipped", "None."),
    "failed",
    "Existing tests that it changed fail as they were: 1, and no acceptance test asks for that.",
  ],
  [
    "a regression where an acceptance test fails",
    ["rounds", "adds"],
    { ...accepted, status: "failed" as const, passed: 1 },
    "failed",
    "Existing tests that it changed fail as they were: 2, and no acceptance test asks for that.",
  ],
])("tests that fail as they were are %s", (_, outdated, acceptance, status, summary) => {
  expect(withOutdated(fine, outdated, acceptance)).toMatchObject({ status, summary, failing: outdated });
});
