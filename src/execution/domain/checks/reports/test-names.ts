import { cleanText } from "../failure-lines.ts";

/** A file's path relative to the work tree, which the runner saw at `root`. */
export function shortFile(file: string, root: string): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

/** A test's full name: file or package, suites, test. */
export function named(parts: readonly string[]): string {
  return cleanText(parts.filter((part) => part !== "").join(" > "), 400);
}
