import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Sandbox, SandboxRun } from "../../../../src/execution/application/ports.ts";
import { createKubernetesApi } from "../../../../src/execution/infrastructure/kubernetes/kubernetes-api.ts";
import { createKubernetesSandbox } from "../../../../src/execution/infrastructure/kubernetes/kubernetes-sandbox.ts";
import { openKubernetesSandbox } from "../../../../src/execution/infrastructure/kubernetes/open-kubernetes-sandbox.ts";
import type { Patience } from "../../../../src/execution/infrastructure/kubernetes/watch-run.ts";
import { probeSandbox } from "../../../../src/execution/infrastructure/probe-sandbox.ts";
import { removeDirectory } from "../../../../src/execution/infrastructure/remove-directory.ts";
import { thorough } from "../../../support/thorough.ts";
import { bubblewrapMissing } from "../bubblewrap-missing.ts";
import { itIsASandbox } from "../sandbox-contract.ts";
import { type LocalKubernetes, startLocalKubernetes } from "./local-kubernetes.ts";

const logger = pino({ level: "silent" });
const patience: Patience = { pollMs: 5, startMs: 60_000, awayMs: 60_000, goneMs: 60_000 };
const systemTmp = process.env["TMPDIR"];

let volume = "";
let cluster: LocalKubernetes;
let sandbox: Sandbox;
let worktree = "";

const access = () => ({ url: cluster.url, token: async () => cluster.token });
const settings = () => ({ image: "fleet:1", claim: "fleet-work", mount: volume });
const open = (more: Partial<Patience> = {}) =>
  createKubernetesSandbox({
    api: createKubernetesApi(access(), "fleet"),
    settings: settings(),
    logger,
    patience: { ...patience, ...more },
  });
const run = (more: Partial<SandboxRun> = {}) => sandbox.run({ worktree, command: "true", ...more });

beforeAll(async () => {
  volume = await mkdtemp(join(tmpdir(), "fleet-volume-"));
  await chmod(volume, 0o755);
  await mkdir(join(volume, "tmp"), { mode: 0o755 });
  // As an operator sets it: what the fleet makes for a run lies on the volume.
  process.env["TMPDIR"] = join(volume, "tmp");
  cluster = await startLocalKubernetes(volume);
  sandbox = open();
});

beforeEach(async () => {
  worktree = await mkdtemp(join(volume, "tmp", "worktree-"));
});

afterEach(() => {
  cluster.fate(() => ({ run: true }));
  cluster.fail(() => null);
  expect(cluster.present()).toEqual([]);
});

afterAll(async () => {
  expect(cluster.unknown).toEqual([]);
  await cluster.close();
  if (systemTmp === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = systemTmp;
  await removeDirectory(volume);
});

describe.skipIf(bubblewrapMissing)("a Job whose container runs by its manifest (needs bubblewrap)", () => {
  itIsASandbox(() => ({ sandbox, base: join(volume, "tmp") }), thorough);

  it("proves nothing of the network by no server", async () => {
    const { failures } = await probeSandbox(sandbox, { targets: [], unasked: ["processes"] });
    expect(failures).toEqual(["not held: no network: a server that this machine reaches is not reached"]);
  });

  // The servers of the probe must be others than a pod's own loopback.
  const alone = Object.values(networkInterfaces()).every((all) => all?.every(({ internal }) => internal));
  it.skipIf(alone)("is opened after a probe in its pods", async () => {
    const choice = { kind: "kubernetes", namespace: undefined, ...settings() } as const;
    const found = { access: access(), namespace: "fleet" };
    const opening = openKubernetesSandbox({ choice, logger, cluster: found, patience });
    expect((await opening).protects).toMatchInlineSnapshot(`
      [
        "no network: a server that this machine reaches is not reached",
        "no outside files: one that everybody may read is not there",
        "no outside environment, also not by /proc",
        "nothing outside its work tree can be written",
        "its own work tree can be written",
        "a bound on time, after which nothing of it is left",
      ]
    `);
  });
});

const terminated = (exitCode: number, reason: string) => ({
  containerStatuses: [{ state: { terminated: { exitCode, reason } } }],
});
const waiting = (reason: string, message: string) => ({
  phase: "Pending",
  containerStatuses: [{ state: { waiting: { reason, message } } }],
});
const running = { phase: "Running", containerStatuses: [{ state: { running: {} } }] };

describe("what the cluster says of a pod", () => {
  it.each([
    ["its exit code", [{ phase: "Succeeded", ...terminated(0, "Completed") }], { endedBy: "exit", exitCode: 0 }],
    ["a failing one", [running, { phase: "Failed", ...terminated(7, "Error") }], { endedBy: "exit", exitCode: 7 }],
    ["too much memory", [{ phase: "Failed", ...terminated(137, "OOMKilled") }], { endedBy: "memory", exitCode: null }],
    ["its deadline", [running, { phase: "Failed", reason: "DeadlineExceeded" }], { endedBy: "time" }],
    [
      "an eviction for what it stored",
      [
        running,
        { phase: "Failed", reason: "Evicted", message: 'Usage of EmptyDir volume "tmp" exceeds the limit "256Mi".' },
      ],
      { endedBy: "disk", reason: 'stored more than it may (Usage of EmptyDir volume "tmp" exceeds the limit "256Mi")' },
    ],
    [
      "an eviction for what the node lacks",
      [running, { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." }],
      { endedBy: "refused", reason: "was ended by the cluster: Evicted: The node was low on resource: memory" },
    ],
    [
      "a preemption",
      [
        {
          phase: "Failed",
          conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }],
          ...terminated(137, "Error"),
        },
      ],
      { endedBy: "refused", reason: "was ended by the cluster: PreemptionByScheduler" },
    ],
    [
      "an image that is not there",
      [waiting("ErrImagePull", "x"), waiting("ImagePullBackOff", 'Back-off pulling image "fleet:1"')],
      { endedBy: "refused", reason: 'could not be started: ImagePullBackOff: Back-off pulling image "fleet:1"' },
    ],
    [
      "a container that the node cannot start",
      [
        {
          phase: "Failed",
          containerStatuses: [
            { state: { terminated: { exitCode: 128, reason: "StartError", message: 'exec: "/bin/sh": not found' } } },
          ],
        },
      ],
      { endedBy: "refused", reason: 'could not be started: exec: "/bin/sh": not found' },
    ],
  ])("%s", async (_, shows, expected) => {
    cluster.fate(() => ({ shows }));
    expect(await run()).toMatchObject(expected);
  });

  it("of no pod: the Job says why", async () => {
    const job = (reason: string) => ({ conditions: [{ type: "Failed", status: "True", reason }] });
    cluster.fate(() => ({ shows: [running, null], job: job("DeadlineExceeded") }));
    expect(await run()).toMatchObject({ endedBy: "time" });
    cluster.fate(() => ({ shows: [null], job: job("BackoffLimitExceeded") }));
    expect(await run()).toMatchObject({ endedBy: "refused", reason: expect.stringContaining("BackoffLimitExceeded") });
  });

  it("of no node that takes it, for longer than a start may take", async () => {
    const why = { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes are available" };
    cluster.fate(() => ({ shows: [{ phase: "Pending", conditions: [why] }] }));
    sandbox = open({ startMs: 30 });
    expect(await run()).toMatchObject({
      endedBy: "refused",
      reason: "could not be started in time: Unschedulable: 0/3 nodes are available",
    });
    sandbox = open();
  });

  it("nothing of what the command prints counts", async () => {
    cluster.fate(() => ({
      shows: [
        {
          phase: "Failed",
          containerStatuses: [
            { state: { terminated: { exitCode: 1, reason: "Error", message: "OOMKilled Evicted" } } },
          ],
        },
      ],
    }));
    expect(await run()).toMatchObject({ endedBy: "exit", exitCode: 1 });
  });
});

describe("an API that", () => {
  const done = { phase: "Succeeded", ...terminated(0, "Completed") };

  it("forbids the Job, names why", async () => {
    cluster.fail((method) => (method === "POST" ? 403 : null));
    expect(await run()).toMatchObject({
      endedBy: "refused",
      reason: "could not be started: the cluster's API said: as the test wants it",
    });
  });

  it("is away now and then is asked again", async () => {
    cluster.fate(() => ({ shows: [running, done] }));
    cluster.fail((method, _, count) => (count === 1 ? "break" : count === 2 && method !== "POST" ? 503 : null));
    expect(await run()).toMatchObject({ endedBy: "exit", exitCode: 0 });
  });

  it("heard a question that it did not answer, has the Job already", async () => {
    cluster.fate(() => ({ shows: [done] }));
    const before = cluster.jobs.length;
    // The first answer is lost after the Job was made.
    let lost = false;
    const real = createKubernetesApi(access(), "fleet");
    const api = {
      ...real,
      createJob: async (manifest: Parameters<typeof real.createJob>[0]) => {
        await real.createJob(manifest);
        if (!lost) cluster.fail(() => "break");
        const first = !lost;
        lost = true;
        if (first) await real.podOf("x").finally(() => cluster.fail(() => null));
      },
    };
    const own = createKubernetesSandbox({ api, settings: settings(), logger, patience });
    expect(await own.run({ worktree, command: "true" })).toMatchObject({ endedBy: "exit", exitCode: 0 });
    expect(cluster.jobs).toHaveLength(before + 1);
  });

  it("stays away ends the watch, and not as the command's fault", async () => {
    cluster.fate(() => ({ shows: [running] }));
    cluster.fail((method, path) => (method === "GET" && path.endsWith("/pods") ? 500 : null));
    sandbox = open({ awayMs: 30 });
    expect(await run()).toMatchObject({ endedBy: "refused", reason: expect.stringContaining("could not be watched") });
    sandbox = open();
  });

  it("no longer knows this process, ends it at once", async () => {
    cluster.fate(() => ({ shows: [running] }));
    cluster.fail((method, path) => (method === "GET" && path.endsWith("/pods") ? 401 : null));
    expect(await run()).toMatchObject({ endedBy: "refused", reason: expect.stringContaining("could not be watched") });
  });
});

describe("what cannot be shown to a pod", () => {
  it("is refused: a directory that is not on the volume, and the volume itself", async () => {
    expect(await run({ readOnly: [{ from: "/usr", to: "/x" }] })).toMatchObject({
      endedBy: "refused",
      reason: `could not be started: /usr is not a part of the shared volume at ${volume}`,
    });
    expect(await run({ readOnly: [{ from: volume, to: "/x" }] })).toMatchObject({ endedBy: "refused" });
  });
});

describe("opening it", () => {
  const choice = () => ({ kind: "kubernetes", namespace: undefined, ...settings() }) as const;
  const found = () => ({ access: access(), namespace: "fleet" });

  it("says where work trees must lie", async () => {
    const mount = join(volume, "elsewhere");
    await mkdir(mount);
    const opening = openKubernetesSandbox({ choice: { ...choice(), mount }, logger, cluster: found() });
    await expect(opening).rejects.toThrow(/set TMPDIR to a folder below/);
  });

  it("says that this process runs in no cluster", async () => {
    await expect(openKubernetesSandbox({ choice: choice(), logger })).rejects.toThrow(
      "FLEET_SANDBOX=kubernetes cannot be used: this process runs in no pod of a cluster.",
    );
  });

  it("claims nothing where a pod reaches a server", async () => {
    const answer = (network: boolean) => ({ network, files: true, environment: true, readOnly: true, work: true });
    cluster.fate((job) => {
      const { volumeMounts, args } = job.spec.template.spec.containers[0];
      const file = volumeMounts.find(({ mountPath }) => mountPath === "/fleet/stdout")?.subPath ?? "";
      // The probe's first pod: it answers what a pod with a network would.
      const isFirst = args.includes("node");
      return { shows: isFirst ? [answered(file, answer(false))] : [running] };
    });
    const opening = openKubernetesSandbox({ choice: choice(), logger, cluster: found(), patience });
    await expect(opening).rejects.toThrow(/not held: no network: .*deploy\/kubernetes\/sandbox.yaml/);
  });

  function answered(file: string, answer: object): object {
    void writeFile(join(volume, file), JSON.stringify(answer));
    return { phase: "Succeeded", ...terminated(0, "Completed") };
  }
});
