/** The modes that git knows for an entry of a tree; only the first two may be published. */
export const fileModes = ["100644", "100755", "120000", "160000"] as const;

export type FileMode = (typeof fileModes)[number];

/** One path that differs between the start commit and a candidate's work tree. */
export type FileChange = {
  /** Relative to the repository's root, forward slashes, as git spells it. */
  readonly path: string;
  readonly change: "added" | "modified" | "deleted";
  /** The mode after the change; for a deletion the mode before it. */
  readonly mode: FileMode;
  /** The new bytes in base64; null for a deletion, a submodule, and a file above the size that is read at all. */
  readonly content: string | null;
  /** Bytes after the change; 0 for a deletion. */
  readonly size: number;
  /** Lines added and deleted; both 0 for a binary file. */
  readonly added: number;
  readonly deleted: number;
};
