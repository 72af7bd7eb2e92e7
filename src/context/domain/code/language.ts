import { posix } from "node:path";

/** The languages whose symbols are known. `tsx` is TypeScript with JSX, another grammar. */
export const languages = ["typescript", "tsx", "javascript", "python", "go", "java", "rust"] as const;

export type Language = (typeof languages)[number];

const byExtension: Readonly<Record<string, Language>> = {
  ".ts": "typescript",
  ".mts": "typescript",
  ".cts": "typescript",
  ".tsx": "tsx",
  ".js": "javascript",
  ".mjs": "javascript",
  ".cjs": "javascript",
  ".jsx": "javascript",
  ".py": "python",
  ".pyi": "python",
  ".go": "go",
  ".java": "java",
  ".rs": "rust",
};

/** The language of a file, by its name; null where none of ours. */
export function languageOf(path: string): Language | null {
  const extension = posix.extname(path).toLowerCase();
  return Object.hasOwn(byExtension, extension) ? (byExtension[extension] ?? null) : null;
}

/** Languages that call one another without a bridge: a call is looked for inside its family only. */
export function familyOf(language: Language): string {
  return language === "typescript" || language === "tsx" ? "javascript" : language;
}
