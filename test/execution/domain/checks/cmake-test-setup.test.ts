import { expect, it } from "vitest";
import { withCmakeTestsOf } from "../../../../src/execution/domain/checks/cmake-test-setup.ts";

const before = "project(a C)\nadd_library(a a.c)\nadd_test(NAME adds COMMAND t_add)\nadd_test(halves t_half)\n";

it.each<[string, string]>([
  ["nothing", before],
  ["a source", before.replace("a.c", "a.c b.c")],
  ["how it is written", before.replace("NAME adds COMMAND", "NAME  adds\n    COMMAND")],
  ["another test", `${before}add_test(NAME more COMMAND t_more)\nset_tests_properties(more PROPERTIES TIMEOUT 5)\n`],
])("a CMakeLists.txt in which a change touches %s declares its tests as before", (_, after) => {
  expect(withCmakeTestsOf(before, after)).toBeNull();
});

it("tests have their commands and no other properties again, and the rest of the change stays", () => {
  const after = `${before
    .replace("a.c", "a.c b.c")
    .replace("COMMAND t_add", "COMMAND true")
    .replace("add_test(halves t_half)\n", "")}set_tests_properties(adds PROPERTIES WILL_FAIL TRUE)\n`;
  const restored = withCmakeTestsOf(before, after);
  expect(restored?.split("\n").filter((text) => text !== "")).toEqual([
    "project(a C)",
    "add_library(a a.c b.c)",
    "add_test(NAME adds COMMAND t_add)",
    "add_test(halves t_half)",
  ]);
  const failing = `${before}set_tests_properties(adds PROPERTIES WILL_FAIL TRUE)\n`;
  expect(withCmakeTestsOf(before, failing)?.trim()).toBe(before.trim());
});
