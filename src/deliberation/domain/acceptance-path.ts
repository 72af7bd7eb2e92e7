/** How test files are named, by language: the first that fits an existing test file wins. */
const namings: readonly { readonly fits: RegExp; readonly name: (stem: string, extension: string) => string }[] = [
  { fits: /\.test\.(?:[cm]?[jt]sx?)$/, name: (stem, extension) => `${stem}.test.${extension}` },
  { fits: /\.spec\.(?:[cm]?[jt]sx?)$/, name: (stem, extension) => `${stem}.spec.${extension}` },
  { fits: /(?:^|\/)test_[^/]*\.py$/, name: (stem) => `test_${stem.replaceAll("-", "_")}.py` },
  { fits: /_test\.(?:go|py|rb)$/, name: (stem, extension) => `${stem.replaceAll("-", "_")}_test.${extension}` },
  { fits: /_spec\.rb$/, name: (stem) => `${stem.replaceAll("-", "_")}_spec.rb` },
  { fits: /(?:^|\/)tests?\/.*\.(?:[cm]?js|[cm]?ts|py|rs)$/, name: (stem, extension) => `${stem}.${extension}` },
];

/** Where the acceptance test of a criterion goes, and a test of the repository whose style it follows. */
export type AcceptancePlace = { readonly path: string; readonly example: string | null };

/**
 * The path for an acceptance test, named after story and criterion beside the repository's own tests, so that later
 * rounds and people find it again. Null where the repository has no test to learn from and no known project file.
 */
export function acceptancePlace(
  paths: readonly string[],
  isTest: (path: string) => boolean,
  story: number,
  criterion: number,
): AcceptancePlace | null {
  const stem = `story-${story}-criterion-${criterion}`;
  const tests = paths.filter((path) => isTest(path) && !isAcceptancePath(path));
  for (const { fits, name } of namings) {
    const example = tests.find((path) => fits.test(path));
    if (example === undefined) continue;
    const folder = example.includes("/") ? `${example.slice(0, example.lastIndexOf("/"))}/` : "";
    const extension = example.slice(example.lastIndexOf(".") + 1);
    return { path: `${folder}${name(stem, extension)}`, example };
  }
  if (paths.includes("package.json")) return { path: `test/${stem}.test.js`, example: null };
  if (paths.includes("pyproject.toml")) return { path: `tests/test_${stem.replaceAll("-", "_")}.py`, example: null };
  return null;
}

/** The story and criterion that a test file was written for, or null when it is another test. */
export function readAcceptancePath(path: string): { readonly story: number; readonly criterion: number } | null {
  const match = /(?:^|\/)(?:test_)?story[-_](\d{1,9})[-_]criterion[-_](\d{1,3})[._]/.exec(path);
  return match === null ? null : { story: Number(match[1]), criterion: Number(match[2]) };
}

export function isAcceptancePath(path: string): boolean {
  return readAcceptancePath(path) !== null;
}

/** The test files of a repository that a criterion's text names, in the order of `paths`. */
export function namedTests(text: string, paths: readonly string[], isTest: (path: string) => boolean): string[] {
  const named = namedPaths(text);
  return paths.filter((path) => named.has(path) && isTest(path));
}

/** What a text has that may be a path of the repository: words without the marks around them. */
export function namedPaths(text: string): ReadonlySet<string> {
  const words = text.split(/[\s"'`,;:()<>*]+/);
  return new Set(words.map((word) => word.replace(/^\.\//, "").replace(/[.!?…]+$/, "")).filter((word) => word !== ""));
}
