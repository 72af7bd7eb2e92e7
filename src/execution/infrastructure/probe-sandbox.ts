import { randomUUID } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Sandbox } from "../application/ports.ts";

/** What a sandbox was seen to keep in or out, and what it was not. */
export type ProbeResult = { readonly protects: readonly string[]; readonly failures: readonly string[] };

/** An address that takes connections. */
export type Target = { readonly host: string; readonly port: number };

const sentences = {
  network: "no network: a server that this machine reaches is not reached",
  files: "no outside files: one that everybody may read is not there",
  environment: "no outside environment, also not by /proc",
  readOnly: "nothing outside its work tree can be written",
  work: "its own work tree can be written",
  processes: "a bound on processes",
  time: "a bound on time, after which nothing of it is left",
} as const;

/** Runs inside and prints which of the first sentences hold. Kept to what every Node since 18 understands. */
const program = `
const fs = require("node:fs"), net = require("node:net");
const [targets, files, secret] = process.argv.slice(1).map((text) => JSON.parse(text));
const can = (f) => { try { f(); return true; } catch { return false; } };
const environ = () => fs.readdirSync("/proc").filter((p) => /^\\d+$/.test(p)).map((p) => { try { return fs.readFileSync("/proc/" + p + "/environ", "latin1"); } catch { return ""; } }).join("");
const tell = (network) => { console.log(JSON.stringify({ network, files: !files.some((file) => can(() => fs.readFileSync(file))), environment: !environ().includes(secret),
  readOnly: !["/probe", "/usr/probe", "/dev/probe", "/etc/probe"].some((p) => can(() => fs.writeFileSync(p, ""))), work: can(() => fs.writeFileSync("probe", "")) })); process.exit(0); };
let open = targets.length;
const closed = () => { open -= 1; if (open === 0) tell(true); };
if (open === 0) tell(false);
for (const { host, port } of targets) net.connect({ host, port, timeout: 3000 }).on("connect", () => tell(false)).on("timeout", closed).on("error", closed);
`;

const answer = z.object({
  network: z.boolean(),
  files: z.boolean(),
  environment: z.boolean(),
  readOnly: z.boolean(),
  work: z.boolean(),
});

/**
 * Runs real probes (about half a second with bubblewrap) and says what the sandbox protects on this machine. By default
 * the network is a server on this machine's loopback; a sandbox elsewhere names `targets` that take connections here, and
 * without any nothing is proved. `secretFiles` may not be readable inside. `unasked` is left out: the sandbox has no such bound.
 */
export async function probeSandbox(
  sandbox: Sandbox,
  more: {
    readonly targets?: readonly Target[];
    readonly secretFiles?: readonly string[];
    readonly unasked?: readonly (keyof typeof sentences)[];
  } = {},
): Promise<ProbeResult> {
  const base = await mkdtemp(join(tmpdir(), "fleet-probe-"));
  const server = createServer((socket) => socket.end());
  try {
    await chmod(base, 0o755);
    const worktree = join(base, "worktree");
    const file = join(base, "outside.txt");
    await mkdir(worktree, { mode: 0o755 });
    await writeFile(file, "outside", { mode: 0o644 });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const targets = more.targets ?? [{ host: "127.0.0.1", port }];
    const secret = randomUUID();
    process.env["FLEET_PROBE"] = secret;
    const first = await sandbox.run({
      worktree,
      command: [
        "node",
        "-e",
        program,
        ...[targets, [file, ...(more.secretFiles ?? [])], secret].map((each) => JSON.stringify(each)),
      ],
    });
    if (first.endedBy !== "exit" || first.exitCode !== 0) {
      return { protects: [], failures: [`${first.reason}: ${first.stderr.trim().split("\n").at(-1) ?? ""}`] };
    }
    const seen = answer.safeParse(parse(first.stdout));
    const unasked = more.unasked ?? [];
    const forks = unasked.includes("processes")
      ? null
      : await sandbox.run({
          worktree,
          command: "i=0; while [ $i -lt 60 ]; do sleep 5 & i=$((i+1)); done 2>/dev/null; echo all",
          limits: { processes: 20, wallMs: 3_000 },
        });
    const loop = await sandbox.run({ worktree, command: "sleep 60 & sleep 60", limits: { wallMs: 200 } });
    const held: Record<keyof typeof sentences, boolean> = {
      ...(seen.data ?? { network: false, files: false, environment: false, readOnly: false, work: false }),
      processes: forks?.stdout.includes("all") === false,
      time: loop.endedBy === "time" && loop.wallMs < 3_000,
    };
    const names = Object.keys(sentences)
      .filter((name): name is keyof typeof sentences => name in sentences)
      .filter((name) => !unasked.includes(name));
    return {
      protects: names.filter((name) => held[name]).map((name) => sentences[name]),
      failures: names.filter((name) => !held[name]).map((name) => `not held: ${sentences[name]}`),
    };
  } finally {
    delete process.env["FLEET_PROBE"];
    server.close();
    await rm(base, { recursive: true, force: true });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
