import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { defaultBranch } from "../../context/application/material.ts";
import { languageOf } from "../../context/domain/code/language.ts";
import { openGraphCodeIndex } from "../../context/infrastructure/code-index/graph-code-index.ts";
import { openGitCommits } from "../../context/infrastructure/git-commits.ts";
import { parseSource } from "../../context/infrastructure/syntax/parse-source.ts";
import { ConfigurationError } from "../../kernel/errors.ts";
import { parseEnvironment } from "../../platform/config/environment.ts";
import type { Graph } from "../../platform/graph/graph.ts";
import { createLogger } from "../../platform/logging/create-logger.ts";
import { createEnsureIndexed } from "../../wiring/ensure-indexed.ts";
import { openGraph } from "../../wiring/open-graph.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { readProcessUsage } from "./process-usage.ts";
import { commitChanges, commitSampleSources } from "./sample-sources.ts";

const changedFiles = 10;
const repository = 1;

/**
 * Files a second that the index of the code takes in, of packages' own sources: all of a repository, and a commit of ten
 * files after it; against ctags on the same files, else against the grammars alone. On the embedded graph, and on the
 * Neo4j of `FLEET_BENCH_NEO4J_URI` as well, which must hold no index.
 *
 * @throws {Error} when an index does not answer for its commit
 */
export async function indexBench(): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "bench-index-"));
  try {
    const work = join(directory, "work");
    const first = await commitSampleSources(work);
    const source = openGitCommits(join(work, ".git"));
    const { files } = await source.tree(first);
    const code = files.filter(({ path }) => languageOf(path) !== null);
    const every = Math.floor(code.length / changedFiles);
    const changed = code.filter((_, at) => at % every === 0).slice(0, changedFiles);
    const paths = changed.map(({ path }) => path);
    const second = await commitChanges(work, paths);
    const commits = { mirror: join(work, ".git"), first, second };

    const embedded = await measure(commits, await open(join(directory, "embedded"), undefined));
    const peakMb = (await readProcessUsage(process.pid))?.peakMb ?? null;
    const uri = process.env["FLEET_BENCH_NEO4J_URI"] || undefined;
    const neo4j = uri === undefined ? null : await measure(commits, await open(join(directory, "neo4j"), uri));
    const ctags = await measureCtags(
      work,
      code.map(({ path }) => path),
      paths,
    );
    const grammarsMs = await parseOnly(source, first);
    const ours = files.length / (embedded.coldMs / 1_000);
    return benchResult({
      bench: "index",
      ours: Math.round(ours),
      reference: Math.round(ctags === null ? code.length / (grammarsMs / 1_000) : code.length / (ctags.coldMs / 1_000)),
      unit: "files/s cold",
      detail: {
        against: ctags === null ? "the grammars alone" : "ctags, which knows definitions only",
        files: files.length,
        code: code.length,
        changed: changedFiles,
        embedded,
        neo4j,
        ctags,
        grammarsMs,
        peakMb,
      },
    });
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function open(dataDir: string, uri: string | undefined): Promise<Graph> {
  const environment = parseEnvironment({
    ...process.env,
    FLEET_DATA_DIR: dataDir,
    NEO4J_URI: uri,
  });
  return openGraph(environment, createLogger({ level: "silent", format: "json" }), []);
}

type Commits = { readonly mirror: string; readonly first: string; readonly second: string };

async function measure({ mirror, first, second }: Commits, graph: Graph) {
  try {
    const [row] = await graph.query("MATCH (l:CodeLayer) RETURN count(l) AS count");
    if (row?.["count"] !== 0)
      throw new ConfigurationError("FLEET_BENCH_NEO4J_URI names a store that holds an index; must be an empty one");
    const ensureIndexed = createEnsureIndexed(graph, Date.now);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const before = process.cpuUsage();
    const coldMs = await timed(() => ensureIndexed(repository, mirror, defaultBranch, first));
    const coldCpuMs = cpuMs(before);
    delay.disable();
    const between = process.cpuUsage();
    const afterMs = await timed(() => ensureIndexed(repository, mirror, defaultBranch, second));
    const afterCpuMs = cpuMs(between);
    const index = await openGraphCodeIndex(graph, repository, defaultBranch);
    if (index?.commit !== second) throw new Error("The index is not that of the second commit.");
    const readMs = await timed(() => index.postings(["error", "parse", "request", "stream", "schema"], 100));
    const blockedMs = { p99: Math.round(delay.percentile(99) / 1e6), most: Math.round(delay.max / 1e6) };
    return { coldMs, coldCpuMs, afterMs, afterCpuMs, readMs, blockedMs, documents: await index.documents() };
  } finally {
    await graph.close();
  }
}

/** What this process has used of the processor since then, on whatever threads. */
function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return Math.round((user + system) / 1_000);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round(performance.now() - started);
}

async function parseOnly(source: ReturnType<typeof openGitCommits>, commit: string): Promise<number> {
  const { files } = await source.tree(commit);
  return timed(async () => {
    for await (const read of source.texts(files)) {
      const language = languageOf(read.file.path);
      if (read.kind === "text" && language !== null) await parseSource(read.file.path, read.text, language);
    }
  });
}

async function measureCtags(work: string, code: readonly string[], changed: readonly string[]) {
  const [coldMs, afterMs] = [await ctags(work, code), await ctags(work, changed)];
  return coldMs === null || afterMs === null ? null : { coldMs, afterMs };
}

/** Milliseconds; null where there is no ctags. */
async function ctags(work: string, paths: readonly string[]): Promise<number | null> {
  const started = performance.now();
  const child = spawn("ctags", ["-L", "-", "-f", join(work, ".git", "tags"), "--fields=+ne"], {
    cwd: work,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = once(child, "close").then(
    ([code]) => code === 0,
    () => false,
  );
  child.stdin.on("error", () => undefined);
  child.stdin.end(paths.join("\n"));
  return (await ended) ? Math.round(performance.now() - started) : null;
}
