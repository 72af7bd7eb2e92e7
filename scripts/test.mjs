// `npm test`: type check, lint, dependency rules, unused code, then every test; engines join in when found. Ends with a
// summary that names what was skipped and why, and with the plain line `N passed, N failed, N skipped`. Arguments go to the
// test runner: `npm test -- --coverage` measures coverage as well, and fails below its thresholds (vitest.config.ts).
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, "node_modules", ".bin", name);
const scratch = mkdtempSync(join(tmpdir(), "fleet-test-"));
const env = { ...process.env, NODE_ENV: "test" };
const notes = [];
const ends = [];

const call = (command, args, options = {}) =>
  spawnSync(command, args, { cwd: root, env, encoding: "utf8", ...options });
const found = (command) => call("sh", ["-c", `command -v ${command}`]).status === 0;
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function startNeo4j() {
  const lib = env.NEO4J_LIB ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "swe-ai-fleet", "neo4j", "lib");
  if (!existsSync(join(lib, ".version")) || !found("java")) {
    if (env.FLEET_TEST_NEO4J_URI) return;
    notes.push(`Neo4j: not found (run \`scripts/neo4j.sh install ${dirname(lib)}\`, or set FLEET_TEST_NEO4J_URI)`);
    return;
  }
  // For the tests that kill servers: they start their own from these jars.
  env.NEO4J_LIB = lib;
  if (env.FLEET_TEST_NEO4J_URI) return;
  const directory = join(scratch, "neo4j");
  const port = await freePort();
  const options = { env: { ...env, NEO4J_LIB: lib }, stdio: ["ignore", "pipe", "inherit"] };
  const started = call("bash", ["scripts/neo4j.sh", "start", directory, String(port)], options);
  if (started.status !== 0) throw new Error("Neo4j was found but did not start; its message stands above");
  ends.push(() => call("bash", ["scripts/neo4j.sh", "stop", directory], options));
  env.FLEET_TEST_NEO4J_URI = `bolt://127.0.0.1:${port}`;
}

function startValkey() {
  if (env.FLEET_TEST_VALKEY_URL) return;
  if (!found("valkey-server") && !found("redis-server")) {
    notes.push(
      "Valkey: no valkey-server or redis-server on PATH (run `scripts/valkey.sh install`, or set FLEET_TEST_VALKEY_URL)",
    );
    return;
  }
  const directory = join(scratch, "valkey");
  const started = call("bash", ["scripts/valkey.sh", "start", directory]);
  if (started.status !== 0) throw new Error(`Valkey was found but did not start: ${started.stderr}`);
  ends.push(() => call("bash", ["scripts/valkey.sh", "stop", directory]));
  env.FLEET_TEST_VALKEY_URL = `unix://${started.stdout.trim().split("\n").at(-1)}`;
}

const totals = { passed: 0, failed: 0, skipped: 0 };
/** Resolves when it is over; what it printed comes whole, since others run beside it. */
function check(name, command, args) {
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    const printed = [];
    child.stdout.on("data", (data) => printed.push(data));
    child.stderr.on("data", (data) => printed.push(data));
    child.once("error", reject);
    child.once("close", (status) => {
      totals[status === 0 ? "passed" : "failed"] += 1;
      process.stdout.write(Buffer.concat(printed));
      console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
      resolve();
    });
  });
}

function tests() {
  const report = join(scratch, "vitest.json");
  const { status } = call(
    bin("vitest"),
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
    {
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  if (!existsSync(report)) {
    totals.failed += 1;
    console.log("FAIL tests: the runner wrote no report");
    return;
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  totals.passed += numPassedTests;
  totals.failed += numFailedTests;
  totals.skipped += numPendingTests + (numTodoTests ?? 0);
  const skipped = new Map();
  for (const { assertionResults } of testResults)
    for (const { status: verdict, ancestorTitles } of assertionResults)
      if (verdict === "skipped" || verdict === "pending")
        skipped.set(ancestorTitles[0], (skipped.get(ancestorTitles[0]) ?? 0) + 1);
  for (const [title, count] of skipped) notes.push(`${count} test${count === 1 ? "" : "s"} of "${title}"`);
  // A file that does not load, or coverage below its threshold, fails the run without a failed test.
  if (status !== 0 && numFailedTests === 0) totals.failed += 1;
}

try {
  await Promise.all([
    check("types", bin("tsc"), ["--noEmit", "-p", "tsconfig.json"]),
    check("lint and format", bin("biome"), ["check", "--error-on-warnings", "."]),
    check("dependency rules", bin("depcruise"), ["--config", ".dependency-cruiser.mjs", "src", "workers"]),
    check("unused code", bin("knip"), []),
  ]);
  if (!found("bwrap")) notes.push("sandbox: bubblewrap not found");
  startValkey();
  await startNeo4j();
  tests();
} finally {
  for (const end of ends) end();
  rmSync(scratch, { recursive: true, force: true });
}
if (notes.length > 0) console.log(`\nSkipped, and why:\n${notes.map((note) => `- ${note}`).join("\n")}`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);
