/**
 * Who writes a part of the graph. `planning`, `workflow` and `deliberation`: the repositories of their aggregates, in the
 * aggregate's own transaction, so that what decides who may see what is never late. `projections`: follow from the events and
 * can be made again from them. `repositories`: what the fleet knows of the repositories that it is installed on.
 */
export type GraphWriter =
  | "planning"
  | "workflow"
  | "deliberation"
  | "repositories"
  | "projections"
  | "code-index"
  | "monitoring"
  | "platform";

type NodeRow = {
  readonly meaning: string;
  readonly by: readonly GraphWriter[];
  /** `knowledge`: DOMAIN.md §5's nodes. `operation`: what the fleet needs to work; no context is made of it. */
  readonly of: "knowledge" | "operation";
};

/** Every label of the graph, one spelling each (DOMAIN.md §5). */
export const graphNodes = {
  Repository: { meaning: "a repository on GitHub", by: ["repositories", "projections"], of: "knowledge" },
  Epic: { meaning: "a milestone or a parent issue", by: ["planning"], of: "knowledge" },
  Story: { meaning: "an issue that is a story", by: ["planning"], of: "knowledge" },
  Plan: { meaning: "one version of a story's plan", by: ["planning"], of: "knowledge" },
  Task: { meaning: "a task of an approved plan", by: ["workflow"], of: "knowledge" },
  Decision: { meaning: "what was decided about a story or a task", by: ["planning"], of: "knowledge" },
  Deliberation: { meaning: "one council at its work", by: ["deliberation"], of: "knowledge" },
  Proposal: { meaning: "a candidate of a council's member", by: ["deliberation"], of: "knowledge" },
  Review: {
    meaning: "a council's word on a story, or a gate's verdict on a change",
    by: ["deliberation", "projections"],
    of: "knowledge",
  },
  Commit: { meaning: "a commit", by: ["planning", "projections", "code-index"], of: "knowledge" },
  PullRequest: { meaning: "a task's pull request", by: ["planning", "projections"], of: "knowledge" },
  Person: { meaning: "a person on GitHub", by: ["planning", "workflow", "projections", "code-index"], of: "knowledge" },
  Agent: { meaning: "a seat in councils: agent:<role>:<n>", by: ["planning", "projections"], of: "knowledge" },
  File: { meaning: "a path of a repository", by: ["planning", "code-index"], of: "knowledge" },
  Symbol: { meaning: "what a file defines", by: ["code-index"], of: "knowledge" },
  Test: { meaning: "a test in a file", by: ["code-index"], of: "knowledge" },
  Event: { meaning: "what was announced, for good (DOMAIN.md §6)", by: ["platform"], of: "knowledge" },
  Summary: { meaning: "where a story stands, in a few lines", by: ["projections"], of: "knowledge" },
  Code: { meaning: "the second label of what a layer of the code's index holds", by: ["code-index"], of: "operation" },
  CodeBranch: { meaning: "which layers a branch is read through", by: ["code-index"], of: "operation" },
  CodeLayer: { meaning: "a tree's index, or what differs from another's", by: ["code-index"], of: "operation" },
  CodeKeys: { meaning: "what the numbers in posting lists stand for", by: ["code-index"], of: "operation" },
  CodeOutline: { meaning: "what a file holds, to be read at once", by: ["code-index"], of: "operation" },
  Term: { meaning: "a word or a name, with what holds it", by: ["code-index"], of: "operation" },
  FileHistory: { meaning: "how often a file changed, and what with", by: ["code-index"], of: "operation" },
  LeftOut: { meaning: "a file that is not read, and why", by: ["code-index"], of: "operation" },
  Ceremony: { meaning: "a backlog review", by: ["planning"], of: "operation" },
  Transition: { meaning: "one step of a state machine", by: ["planning", "workflow"], of: "operation" },
  Outbox: { meaning: "the second label of an event that is not published yet", by: ["platform"], of: "operation" },
  Inbox: { meaning: "an event or a command that had its effect", by: ["platform"], of: "operation" },
  Mark: {
    meaning: "how far something got, or a name that is locked",
    by: ["repositories", "platform"],
    of: "operation",
  },
  TokenUse: { meaning: "tokens that no council used", by: ["deliberation"], of: "operation" },
  TokenAllowance: { meaning: "tokens above a limit", by: ["deliberation"], of: "operation" },
  AuditChain: { meaning: "the head of an installation's audit log", by: ["monitoring"], of: "operation" },
  AuditRecord: { meaning: "one line of the audit log", by: ["monitoring"], of: "operation" },
  Schema: { meaning: "the version that the store is set up for", by: ["platform"], of: "operation" },
} as const satisfies Readonly<Record<string, NodeRow>>;

export type NodeLabel = keyof typeof graphNodes;

type RelationshipRow = {
  readonly type: string;
  readonly from: readonly NodeLabel[];
  readonly to: readonly NodeLabel[];
  readonly meaning: string;
  readonly by: GraphWriter;
  readonly properties?: readonly string[];
};

/** Every relationship of the graph, by its ends: each pair of labels under one type has one writer. */
export const graphRelationships = [
  { type: "CONTAINS", from: ["Epic"], to: ["Story"], meaning: "the story belongs to it", by: "planning" },
  { type: "CONTAINS", from: ["Ceremony"], to: ["Story"], meaning: "the story is reviewed in it", by: "planning" },
  { type: "CONTAINS", from: ["Repository"], to: ["Story"], meaning: "the story's issue is there", by: "projections" },
  {
    type: "CONTAINS",
    from: ["PullRequest"],
    to: ["Commit"],
    meaning: "the commit was judged in it",
    by: "projections",
  },
  { type: "HAS_PLAN", from: ["Story"], to: ["Plan"], meaning: "a plan that was derived or typed", by: "planning" },
  {
    type: "HAS_TASK",
    from: ["Plan"],
    to: ["Task"],
    meaning: "the task was made from it",
    by: "workflow",
    properties: ["decidedBy", "reason"],
  },
  { type: "DEPENDS_ON", from: ["Task"], to: ["Task"], meaning: "the other one must be done first", by: "workflow" },
  {
    type: "DEPENDS_ON",
    from: ["Decision"],
    to: ["Decision"],
    meaning: "its text names the earlier one: D2",
    by: "projections",
  },
  {
    type: "AFFECTS",
    from: ["Decision"],
    to: ["Story", "Task", "PullRequest", "Commit", "File"],
    meaning: "it was made about this",
    by: "planning",
  },
  {
    type: "AFFECTS",
    from: ["Review"],
    to: ["Task", "PullRequest", "Commit"],
    meaning: "the verdict is about this",
    by: "projections",
  },
  { type: "DECIDED_BY", from: ["Decision"], to: ["Person", "Agent"], meaning: "whose word made it so", by: "planning" },
  { type: "AUTHORED_BY", from: ["Decision"], to: ["Person", "Agent"], meaning: "who said it", by: "planning" },
  { type: "AUTHORED_BY", from: ["Review"], to: ["Person", "Agent"], meaning: "who judged", by: "projections" },
  { type: "AUTHORED_BY", from: ["Proposal"], to: ["Agent"], meaning: "whose candidate it is", by: "projections" },
  { type: "ASSIGNED_TO", from: ["Task"], to: ["Person"], meaning: "who holds it", by: "workflow" },
  { type: "ASSIGNED_TO", from: ["Epic"], to: ["Person"], meaning: "who answers for it", by: "projections" },
  {
    type: "PRODUCED",
    from: ["Deliberation"],
    to: ["Proposal", "Review"],
    meaning: "what the council made",
    by: "deliberation",
  },
  {
    type: "PRODUCED",
    from: ["Task"],
    to: ["Commit", "PullRequest"],
    meaning: "what was handed in for it",
    by: "projections",
  },
  {
    type: "CHANGES",
    from: ["Commit"],
    to: ["File"],
    meaning: "the commit's diff; where it renamed the file, its name before",
    by: "code-index",
    properties: ["renamedFrom"],
  },
  {
    type: "CHANGES",
    from: ["Commit"],
    to: ["Symbol", "Test"],
    meaning: "the commit wrote lines of it; of the default branch",
    by: "code-index",
  },
  { type: "AUTHORED_BY", from: ["Commit"], to: ["Person"], meaning: "who wrote it, as a digest", by: "code-index" },
  { type: "DEFINES", from: ["File"], to: ["Symbol", "Test"], meaning: "where it is written", by: "code-index" },
  { type: "IMPORTS", from: ["File"], to: ["File"], meaning: "by an import or its like", by: "code-index" },
  {
    type: "CALLS",
    from: ["File", "Symbol", "Test"],
    to: ["Symbol"],
    meaning: "names it in its body",
    by: "code-index",
  },
  { type: "TESTS", from: ["File", "Symbol", "Test"], to: ["Symbol", "File"], meaning: "covers it", by: "code-index" },
  { type: "NEXT", from: ["Story", "Ceremony"], to: ["Transition"], meaning: "timeline: its steps", by: "planning" },
  { type: "NEXT", from: ["Task"], to: ["Transition"], meaning: "timeline: its steps", by: "workflow" },
  {
    type: "NEXT",
    from: ["Story"],
    to: ["Event"],
    meaning: "timeline: what happened beside its steps",
    by: "projections",
  },
] as const satisfies readonly RelationshipRow[];

export type RelationshipType = (typeof graphRelationships)[number]["type"];

/** One relationship by its type and both ends. */
export type RelationshipShape = { readonly from: NodeLabel; readonly type: RelationshipType; readonly to: NodeLabel };

/** The table's rows end by end, as a store holds them. */
export const relationshipShapes: readonly (RelationshipShape & { readonly by: GraphWriter })[] =
  graphRelationships.flatMap(({ type, from, to, by }) =>
    from.flatMap((start) => to.map((end) => ({ from: start, type, to: end, by }))),
  );
