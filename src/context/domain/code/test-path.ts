import { posix } from "node:path";

const testFolders = new Set(["test", "tests", "__tests__", "spec", "specs", "e2e"]);

/** In a package these hold what others test with (`django/test`); the repository's own stand at its top. */
const atTopOnly = { any: new Set(["testing"]), python: new Set(["test"]) } as const;

const testNames = [
  /[._-](?:test|spec)s?\.[cm]?[jt]sx?$/i,
  /^(?:test|spec)\.[cm]?[jt]sx?$/i,
  /^test_.*\.py$/,
  /_test\.py$/,
  /^conftest\.py$/,
  /_test\.go$/,
  /^Test[A-Z].*\.java$/,
  /(?:Test|Tests|IT|TestCase)\.java$/,
  /^tests?\.rs$/,
  /_tests?\.rs$/,
];

/** Whether a file holds tests, by the naming rules of the five languages' usual test runners. */
export function isTestPath(path: string): boolean {
  const segments = path.split("/");
  const folders = segments.slice(0, -1);
  const isPython = path.endsWith(".py");
  const holdsTests = (folder: string, at: number): boolean =>
    at === 0
      ? testFolders.has(folder) || atTopOnly.any.has(folder)
      : testFolders.has(folder) && !(isPython && atTopOnly.python.has(folder));
  return folders.some(holdsTests) || testNames.some((name) => name.test(posix.basename(path)));
}
