import type { WorktreeFiles } from "../../src/execution/application/ports.ts";

/** Files of a work tree in memory. */
export function inMemory(files: Map<string, string>): WorktreeFiles {
  const done = { done: true } as const;
  return {
    list: async () => [...files.keys()],
    read: async (path) => {
      if (path.startsWith("link")) return { kind: "refused", reason: "link is a symbolic link." };
      const text = files.get(path);
      return text === undefined ? { kind: "missing" } : { kind: "text", text };
    },
    write: async (path, text) => {
      if (path.includes("..")) return { done: false, reason: "The path leaves the repository." };
      files.set(path, text);
      return done;
    },
    remove: async (path) => (files.delete(path) ? done : { done: false, reason: "There is no such file." }),
    rename: async (path, to) => {
      files.set(to, files.get(path) ?? "");
      files.delete(path);
      return done;
    },
  };
}
