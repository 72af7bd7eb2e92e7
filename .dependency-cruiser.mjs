/** ARCHITECTURE's dependency rules. Run by `npm test`; a violation names the rule, the file and the import. */
const contexts = ["planning", "workflow", "deliberation", "context", "execution", "monitoring"];
const anyContext = contexts.join("|");

export default {
  forbidden: [
    {
      name: "kernel-imports-nothing",
      comment: "The kernel imports nothing of the project from outside its folder.",
      severity: "error",
      from: { path: "^src/kernel/" },
      to: { path: "^(src|workers)/", pathNot: "^src/kernel/" },
    },
    {
      name: "domain-is-pure",
      comment: "Domain imports its own folder and the kernel, and no I/O.",
      severity: "error",
      from: { path: `^src/(${anyContext})/domain/` },
      to: { path: "^(src|workers)/", pathNot: "^src/($1/domain|kernel)/" },
    },
    {
      name: "domain-without-engines",
      comment: "Domain code is pure and synchronous: no node I/O, no engine client.",
      severity: "error",
      from: { path: `^src/(${anyContext})/domain/` },
      to: {
        path: "^(node:)?(fs|fs/promises|net|http|https|child_process|worker_threads|os|timers|timers/promises)$|node_modules/(bullmq|iovalkey|neo4j-driver|openai|probot|simple-git|@octokit|@grafeo-db)",
      },
    },
    {
      name: "application-ports-only",
      comment: "Application imports its own context's domain and ports, and the kernel.",
      severity: "error",
      from: { path: `^src/(${anyContext})/application/` },
      to: { path: "^(src|workers)/", pathNot: "^src/($1/(domain|application)|kernel)/" },
    },
    {
      name: "contexts-never-import-one-another",
      comment: "They speak by events, and by ports that main.ts wires.",
      severity: "error",
      from: { path: `^src/(${anyContext})/` },
      to: { path: `^src/(${anyContext})/`, pathNot: "^src/$1/" },
    },
    {
      name: "infrastructure-uses-platform",
      comment: "Infrastructure imports its own context, the kernel and the platform.",
      severity: "error",
      from: { path: `^src/(${anyContext})/infrastructure/` },
      to: { path: "^(src|workers)/", pathNot: "^src/($1|kernel|platform)/" },
    },
    {
      name: "platform-knows-no-context",
      severity: "error",
      comment: "The engines know the kernel only.",
      from: { path: "^src/platform/" },
      to: { path: "^(src|workers)/", pathNot: "^src/(platform|kernel)/" },
    },
    {
      name: "only-github-knows-octokit",
      comment:
        "src/github is the only place that knows Octokit and webhook payloads; the app function and the wiring start Probot.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(github/|app\\.ts$|main\\.ts$|wiring/|playground/|cli/)" },
      to: { path: "node_modules/(@octokit|probot)/" },
    },
    {
      name: "drivers-without-infrastructure",
      comment: "GitHub, web and the command line drive use cases; only the composition root names adapters.",
      severity: "error",
      from: { path: "^src/(github|web)/" },
      to: { path: `^src/(${anyContext})/infrastructure/` },
    },
    {
      name: "nothing-imports-main",
      comment: "main.ts is the composition root; only entry points start it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "^src/main\\.ts$" },
    },
    {
      name: "no-circular",
      severity: "error",
      comment: "A cycle hides a missing concept.",
      from: {},
      to: { circular: true },
    },
    { name: "not-to-test", severity: "error", from: { path: "^(src|workers)/" }, to: { path: "^test/" } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|coverage)/" },
    parser: "swc",
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".js", ".mjs", ".json"],
    },
  },
};
