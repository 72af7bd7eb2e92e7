/** One thing that the store must keep unique or find without a scan. */
export type SchemaEntry = { readonly label: string; readonly property: string; readonly unique: boolean };

/** A set of entries under one version. */
export type GraphSchema = {
  /** The id of the node that stores the version. */
  readonly name: string;
  /** Raised with every change of the entries. */
  readonly version: number;
  readonly entries: readonly SchemaEntry[];
};

/**
 * The nodes that are stored under an id of their own: those of DOMAIN.md §5, what may be used, the audit log, the inbox of §6,
 * how far timers got, and the index of the code. A test compares them with the model of the graph (`graph-model.ts`).
 */
const identified = [
  "Repository",
  "Epic",
  "Story",
  "Ceremony",
  "Plan",
  "Task",
  "Decision",
  "Deliberation",
  "TokenAllowance",
  "TokenUse",
  "Proposal",
  "Review",
  "Commit",
  "PullRequest",
  "Person",
  "Agent",
  "File",
  "Symbol",
  "Test",
  "Event",
  "Summary",
  "AuditChain",
  "AuditRecord",
  "Inbox",
  "Mark",
  "Code",
  "CodeBranch",
  "CodeKeys",
  "CodeLayer",
  "CodeOutline",
  "FileHistory",
  "Term",
] as const;

/** Look-ups by something else than the id. */
const indexed = [
  { label: "Event", property: "story" },
  { label: "Plan", property: "story" },
  { label: "Task", property: "story" },
  { label: "Decision", property: "story" },
  { label: "Deliberation", property: "story" },
  { label: "Epic", property: "repository" },
  { label: "Story", property: "repository" },
  { label: "Plan", property: "repository" },
  { label: "Task", property: "repository" },
  { label: "Decision", property: "repository" },
  { label: "Deliberation", property: "repository" },
  { label: "Ceremony", property: "calledOn" },
  { label: "TokenAllowance", property: "about" },
  { label: "TokenUse", property: "story" },
  { label: "TokenUse", property: "repository" },
  { label: "AuditRecord", property: "installation" },
  { label: "AuditRecord", property: "story" },
  { label: "CodeBranch", property: "repository" },
  { label: "CodeLayer", property: "repository" },
  { label: "Code", property: "layer" },
  { label: "CodeKeys", property: "layer" },
  { label: "CodeOutline", property: "layer" },
  { label: "File", property: "layer" },
  { label: "FileHistory", property: "layer" },
  { label: "LeftOut", property: "layer" },
  { label: "Term", property: "layer" },
] as const;

/** What the fleet's graph is set up with. */
export const fleetSchema: GraphSchema = {
  name: "fleet",
  version: 8,
  entries: [
    ...identified.map((label) => ({ label, property: "id", unique: true })),
    ...indexed.map((entry) => ({ ...entry, unique: false })),
  ],
};
