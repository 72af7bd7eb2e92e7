import type { Checks } from "../checks.ts";
import { hasFile, type ProjectFacts, type ProjectKind, plain, textOf } from "./project-kind.ts";

const testFile = /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/;

/** What only pytest runs: bare functions, classes of no base, fixtures. */
const pytestStyle = /^(?:async )?def test_|^import pytest\b|^from pytest\b|^\s*@pytest\.|^class Test\w*(?:\(\))?:/m;

/** Python projects with pytest or unittest; pytest where the configuration or the tests themselves ask for it. */
export const pythonProject: ProjectKind = {
  name: "python",
  marker: /^(?:pyproject\.toml|setup\.(?:py|cfg)|requirements[\w-]*\.txt|pytest\.ini|tox\.ini|Pipfile)$/,
  reads: ["pyproject.toml", "requirements.txt", "requirements-dev.txt", "setup.cfg", "tox.ini", "Pipfile"],
  samples: testFile,
  checks: pythonChecks,
  coversNested: (facts) =>
    hasFile(facts, /^(?:tests?\/|test_[^/]*\.py$|pytest\.ini$|conftest\.py$)/) ||
    /^\[tool\.pytest/m.test(textOf(facts, "pyproject.toml")),
  testsBuild: () => false,
};

function pythonChecks(facts: ProjectFacts): Checks {
  const isProject = facts.files.some((path) => pythonProject.marker.test(path));
  if (!hasFile(facts, testFile) && !(isProject && hasFile(facts, /(?:^|\/)tests?(?:\.py$|\/.*\.py$)/))) return {};
  const linter = linterOf(facts);
  return {
    ...(linter === null ? {} : { lint: plain(linter) }),
    test: usesPytest(facts)
      ? { command: "python3 -m pytest -q", runner: "pytest" }
      : { command: `python3 -m unittest discover${startOf(facts)}`, runner: "unittest" },
  };
}

/**
 * Where unittest begins to look. By itself it finds `test*.py` from the top, but only in packages: a folder of tests
 * without an `__init__.py` has to be named.
 */
function startOf(facts: ProjectFacts): string {
  const tests = facts.files.filter((path) => testFile.test(path));
  const pattern = tests.every((path) => /_test\.py$/.test(path)) ? " -p '*_test.py'" : "";
  if (tests.length === 0 || tests.some((path) => !path.includes("/"))) return pattern;
  const folder = /^(tests?)\//.exec(tests[0] ?? "")?.[1];
  const isPackage = folder === undefined || facts.files.includes(`${folder}/__init__.py`);
  return isPackage ? pattern : ` -s ${folder} -t .${pattern}`;
}

function usesPytest(facts: ProjectFacts): boolean {
  if (hasFile(facts, /(?:^|\/)(?:pytest\.ini|conftest\.py)$/)) return true;
  return Object.entries(facts.texts).some(([path, text]) =>
    testFile.test(path) ? pytestStyle.test(text) : /\bpytest\b/.test(text),
  );
}

function linterOf(facts: ProjectFacts): string | null {
  if (/^\[tool\.ruff/m.test(textOf(facts, "pyproject.toml")) || hasFile(facts, /^\.?ruff\.toml$/))
    return "ruff check .";
  if (hasFile(facts, /^\.flake8$/) || /^\[flake8\]/m.test(textOf(facts, "setup.cfg"))) return "flake8";
  return null;
}
