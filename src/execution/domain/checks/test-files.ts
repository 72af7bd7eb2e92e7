/** How test files are named, in the languages whose projects are known. */
const testNames: readonly RegExp[] = [
  /(?:^|[/._-])(?:test|spec)\.[cm]?[jt]sx?$/,
  /(?:^|\/)__tests__\/[^/]+\.[cm]?[jt]sx?$/,
  /(?:^|\/)(?:test_[^/]*|[^/]*_test|tests?)\.py$/,
  /_test\.go$/,
  /(?:^|\/)tests\/[^/]+\.rs$/,
  /(?:^|\/)(?:Test[A-Z][^/]*|[^/]*(?:Tests?|TestCase|IT|Spec))\.(?:java|kt|groovy|scala)$/,
  /_(?:test|spec)\.rb$/,
  /\.(?:t|bats)$/,
];

const code = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|groovy|scala|rb|php|sh|c|cc|cpp)$/;

/**
 * Which of the given files are tests, and not what tests need. Where no name says so, every code file may be one; a
 * `conftest.py` or `__init__.py` never is.
 */
export function testFilesOf(paths: readonly string[]): readonly string[] {
  const named = paths.filter((path) => testNames.some((name) => name.test(path)));
  if (named.length > 0) return named;
  return paths.filter((path) => code.test(path) && !/(?:^|\/)(?:conftest|__init__|setup)\.py$/.test(path));
}
