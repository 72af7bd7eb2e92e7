import { posix } from "node:path";

const testFolders = new Set(["test", "tests", "__tests__", "spec", "specs", "testing", "e2e"]);

/** Below the top of a repository these hold what others test with: `numpy/testing`, in Python `django/test`. */
const isForOthers = (folder: string, path: string): boolean =>
  folder === "testing" || (folder === "test" && path.endsWith(".py"));

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
  const holdsTests = (folder: string, at: number): boolean =>
    testFolders.has(folder) && (at === 0 || !isForOthers(folder, path));
  return folders.some(holdsTests) || testNames.some((name) => name.test(posix.basename(path)));
}
