#!/usr/bin/env node
import { Command } from "commander";
import { writingRoles } from "../execution/domain/policy/tool-policy.ts";
import { parseNamedRepository } from "../github/reconcile/named-repository.ts";
import { describeEnvironment, parseEnvironment } from "../platform/config/environment.ts";
import { parseParts } from "../wiring/process-parts.ts";
import { benchNames } from "./bench/run-bench.ts";
import { chooseExitCodes } from "./choose/choose-options.ts";
import { runMain } from "./run-main.ts";

// Each command loads its own modules when it is run: help and a wrong setting are answered without the whole fleet.
const program = new Command("fleet")
  .description("SWE AI Fleet: run a fleet of self-hosted coding agents from GitHub.")
  // Every command's: help ends well, a command line that cannot be meant does not.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : chooseExitCodes.usage))
  .addHelpText("after", `\nEnvironment:\n${environmentTable()}`);

program
  .command("up")
  .description("start the App; without App credentials, the playground on a local GitHub")
  .option("--only <parts>", "web,events,writes,deliberations: what this process does", parseParts)
  .action(async ({ only }) => {
    const environment = parseEnvironment(process.env);
    const { runUp } = await import("./up.ts");
    await runUp(environment, only);
  });

program
  .command("demo")
  .description("one story from issue to merged pull request, on embedded engines and a local GitHub")
  .option("--keep", "leave the local GitHub and the fleet running at the end", false)
  .option("--json", "print events as JSON lines, and a summary object at the end", false)
  .option("--live", "let a real, very small model solve a bundled kata or --story; needs Python's pip", false)
  .option("--story <file>", "your own story (Markdown, title as the first heading); needs FLEET_MODEL_HOSTS or --live")
  .option("--repo <directory>", "the repository that the story is about")
  .option("--transcript <file>", "write everything that the fleet wrote on GitHub to this file, as Markdown")
  .action(async (options) => {
    const environment = parseEnvironment(process.env);
    const { runDemo } = await import("./demo/run-demo.ts");
    process.exitCode = await runDemo(environment, options);
  });

const config = program.command("config").description("the settings of a repository, .github/fleet.yml");

config
  .command("validate")
  .description("say what is wrong with a file: line, value and what to write instead; exit code 1 if anything is")
  .argument("[file]", "the file", ".github/fleet.yml")
  .option("--json", "print one JSON object", false)
  .action(async (file, { json }) => {
    const { validateFile } = await import("./config.ts");
    process.exitCode = validateFile(file, json, (text) => process.stdout.write(text));
  });

config
  .command("schema")
  .description("print the JSON Schema of the file, for editors")
  .action(async () => {
    const { printSchema } = await import("./config.ts");
    printSchema((text) => process.stdout.write(text));
  });

program
  .command("labels")
  .description("the labels of the App")
  .command("sync")
  .description(
    "create and mend the App's labels in every repository that it is installed on; renamed ones keep their names",
  )
  .option("--dry-run", "only say what would be done", false)
  .option("--repo <owner/name>", "one repository only")
  .option("--json", "one JSON line a repository", false)
  .action(async (options) => {
    const environment = parseEnvironment(process.env);
    const { runLabelsSync } = await import("./run-labels-sync.ts");
    process.exitCode = await runLabelsSync(environment, options);
  });

program
  .command("models")
  .description("ask the model hosts what they serve and what each model can do; exit code 69 if one serves nothing")
  .option("--json", "print one JSON object", false)
  .action(async (options) => {
    const environment = parseEnvironment(process.env);
    const { runModels } = await import("./models.ts");
    process.exitCode = await runModels(environment, options, (text) => process.stdout.write(text));
  });

program
  .command("choose")
  .description("run the check matrix on given changes of any repository and say which one wins, and why")
  .requiredOption("--repo <directory>", "the top directory of a git repository; it is only read")
  .option("--base <revision>", "the commit, branch or tag that the changes start from", "HEAD")
  .requiredOption("--candidates <directory>", "one *.patch, *.diff or folder (laid over the repository) a candidate")
  .option("--tests <directory>", "acceptance tests, at their paths in the repository")
  .option("--role <role>", `whose changes they are: ${writingRoles.join(", ")}`, "developer")
  .option("--timeout <seconds>", "how long one command may run", "300")
  .option("--json", "print one JSON object", false)
  .addHelpText(
    "after",
    `
Needs no GitHub and no server. Builds, lints and tests are detected, or taken from the base's .github/fleet.yml, and run in
the sandbox only. Tests that fail on the base, and flaky ones, are held against nobody.

The role says which paths may be changed, and what is tried besides: devops' Compose files, manifests, charts and Dockerfiles by their
own tools without a cluster, data's migrations in a scratch database. The candidates of qa are tests: a new one must pass
on the base, or fail there by an assertion.

Exit codes: 0 there is a winner, 3 nobody passed, 64 wrong usage, 69 no sandbox, 130 interrupted.`,
  )
  .action(async (options) => {
    const { runChoose } = await import("./choose/run-choose.ts");
    process.exitCode = await runChoose(parseEnvironment(process.env), options, {
      out: (text) => process.stdout.write(text),
      say: (line) => process.stderr.write(`${line}\n`),
    });
  });

program
  .command("context")
  .description("the context that an agent would be given about a git repository: needs no GitHub and no server")
  .requiredOption("--text <text>", "what it is about: a task, an issue, names of files and symbols")
  .option("--repo <directory>", "the repository, or a directory in it; what is committed at HEAD is read", ".")
  .option("--role <role>", "architect, developer, data, devops or qa", "developer")
  .option("--phase <phase>", "design, build, test or doc", "build")
  .option("--budget <tokens>", "how many tokens it may take at most", "2000")
  .option("--model-host <url>", "count tokens by this host's own tokenizer, as vLLM has one (default: an estimate)")
  .option("--json", "print one JSON object, with the provenance of every line", false)
  .action(async (options) => {
    const { runContext } = await import("./context.ts");
    await runContext(options, (text) => process.stdout.write(text));
  });

program
  .command("bench")
  .description("measure the fleet against its floor in the same run; prints one JSON line")
  .argument("<name>", benchNames.join(", "))
  .option("--repo <dir>", "for context-quality and redaction: a directory in a git repository (default: here)")
  .option("--save", "write the result with what it was measured on to docs/benchmarks as well")
  .action(async (name, options) => {
    const { runBench } = await import("./bench/run-bench.ts");
    await runBench(name, options);
  });

program
  .command("reconcile")
  .description("ask the running fleet to compare every open story with GitHub now; prints what was repaired")
  .option("--repo <owner/name>", "one repository only, by its name or by GitHub's id", parseNamedRepository)
  .action(async (options) => {
    const environment = parseEnvironment(process.env);
    const { runReconcile } = await import("./reconcile.ts");
    process.exitCode = await runReconcile(environment, options);
  });

program
  .command("councils")
  .description("ask the running fleet how its councils on tasks did, by model, and what that suggests")
  .option("--repo <owner/name>", "one repository only, by its name or by GitHub's id", parseNamedRepository)
  .option("--json", "print one JSON object", false)
  .action(async (options) => {
    const environment = parseEnvironment(process.env);
    const { runCouncils } = await import("./councils.ts");
    process.exitCode = await runCouncils(environment, options, (text) => process.stdout.write(text));
  });

program
  .command("graph")
  .description("the knowledge graph")
  .command("rebuild")
  .description("ask the running fleet to make what it derived from events anew; nothing else is touched")
  .action(async () => {
    const environment = parseEnvironment(process.env);
    const { runGraphRebuild } = await import("./graph.ts");
    process.exitCode = await runGraphRebuild(environment, (text) => process.stdout.write(text));
  });

program
  .command("why-context")
  .argument("<task>", "a task as owner/name#12/1 (its story's issue, its number), or a story as owner/name#12")
  .description("ask the running fleet what an agent would be given of a task now: what is in it, what is not, and why")
  .option("--role <role>", "for an agent of this role instead of the task's own")
  .option(
    "--about <entity:id[.field]>",
    "and why a node of the graph, or a field of it, is not seen, as decision:D3 or task:7-12-p1-t1",
  )
  .option("--json", "print one JSON object", false)
  .action(async (task, options) => {
    const environment = parseEnvironment(process.env);
    const { runWhyContext } = await import("./why-context.ts");
    process.exitCode = await runWhyContext(environment, task, options, (text) => process.stdout.write(text));
  });

program
  .command("deliberation")
  .argument("<task>", "a task as owner/name#12/1 (its story's issue, its number), or a story as owner/name#12")
  .description("ask the running fleet what the latest council there did and does: each turn, each check, each reason")
  .option("--json", "print one JSON object", false)
  .action(async (task, options) => {
    const environment = parseEnvironment(process.env);
    const { runDeliberationView } = await import("./deliberation.ts");
    process.exitCode = await runDeliberationView(environment, task, options, (text) => process.stdout.write(text));
  });

const auditLog = program.command("audit").description("the audit log: who was refused what, and who read which data");

auditLog
  .command("verify")
  .description("ask the running fleet whether its audit log is what was written; exit code 1 if it is not")
  .option("--kept <file>", "compare it with what --json printed once, kept where the fleet cannot write")
  .option("--json", "print one JSON array", false)
  .action(async (options) => {
    const environment = parseEnvironment(process.env);
    const { runAuditVerify } = await import("./audit.ts");
    process.exitCode = await runAuditVerify(environment, options, (text) => process.stdout.write(text));
  });

auditLog
  .command("list")
  .description("the latest records of the running fleet, the newest first")
  .option("--story <owner/name#number>", "of one story only")
  .option("--principal <who>", "of one only: @login, human:<id> or agent:<role>:<n>")
  .option("--limit <n>", "at most so many", "100")
  .option("--json", "print one JSON array", false)
  .action(async ({ story, limit, ...options }) => {
    const environment = parseEnvironment(process.env);
    const { parseLimit, parseStory, runAuditList } = await import("./audit.ts");
    const narrowed = {
      ...options,
      limit: parseLimit(limit),
      ...(story === undefined ? {} : { story: parseStory(story) }),
    };
    process.exitCode = await runAuditList(environment, narrowed, (text) => process.stdout.write(text));
  });

await runMain(() => program.parseAsync());

function environmentTable(): string {
  return describeEnvironment()
    .map((row) => `  ${row.name.padEnd(24)} ${row.meaning}${row.default === "" ? "" : ` (default: ${row.default})`}`)
    .join("\n");
}
