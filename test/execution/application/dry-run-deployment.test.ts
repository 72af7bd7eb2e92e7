import { describe, expect, it } from "vitest";
import { dryRunDeployment } from "../../../src/execution/application/dry-run-deployment.ts";
import type { Sandbox, SandboxResult } from "../../../src/execution/application/ports.ts";
import { summed } from "../../../src/wiring/council-dry-runs.ts";
import { inMemory } from "../memory-files.ts";

type Answer = Partial<Pick<SandboxResult, "exitCode" | "endedBy" | "reason" | "stdout" | "stderr">>;

/** A sandbox whose commands answer by their first words; what is not named is not installed. */
function scripted(answers: Readonly<Record<string, Answer>>): { readonly sandbox: Sandbox; readonly lines: string[] } {
  const lines: string[] = [];
  const nothing = { stdout: "", stderr: "", wallMs: 1, peakMemoryBytes: 0 };
  const run: Sandbox["run"] = async ({ command }) => {
    const line = String(command);
    lines.push(line);
    const found = Object.entries(answers).find(([words]) => line.startsWith(words))?.[1];
    return { ...nothing, exitCode: found === undefined ? 127 : 0, endedBy: "exit", reason: "ended", ...found };
  };
  return { lines, sandbox: { kind: "bubblewrap", protects: [], pathInside: () => "/worktree", run } };
}

const compose = "services:\n  web:\n    image: x\n";
const manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n";

async function dryRun(files: Record<string, string>, answers: Readonly<Record<string, Answer>>, changed?: string[]) {
  const { sandbox, lines } = scripted(answers);
  const paths = changed ?? Object.keys(files);
  const results = await dryRunDeployment({
    sandbox,
    worktree: "/w",
    files: inMemory(new Map(Object.entries(files))),
    changed: paths,
  });
  return { results, lines, sum: summed(results) };
}

describe("a dry run of deployment files", () => {
  it("asks what is here, with the table's arguments", async () => {
    const { lines, sum } = await dryRun(
      { "compose.yaml": compose, "k8s/a b.yaml": manifest, "charts/x/Chart.yaml": "name: x" },
      { "docker compose": {}, kubeconform: {}, "test -n": {}, helm: {} },
    );
    expect(lines).toMatchInlineSnapshot(`
      [
        "helm version",
        "helm lint './charts/x'",
        "helm version",
        "helm template dry-run './charts/x'",
        "docker compose version",
        "docker compose --file './compose.yaml' config --quiet --no-interpolate --no-env-resolution",
        "kubeconform -v",
        "test -n "$(ls -d /usr/local/share/kubernetes-json-schema/*-strict /usr/share/kubernetes-json-schema/*-strict 2>/dev/null | sort -V | tail -n 1)"",
        "kubeconform -strict -schema-location "$(ls -d /usr/local/share/kubernetes-json-schema/*-strict /usr/share/kubernetes-json-schema/*-strict 2>/dev/null | sort -V | tail -n 1)/{{.ResourceKind}}{{.KindSuffix}}.json" './k8s/a b.yaml'",
      ]
    `);
    expect(sum).toMatchObject({ outcome: "passed", passed: 7, total: 7, failing: [] });
    expect(sum.reason).toBe("7 of 7 dry runs pass (YAML, helm lint, helm template, docker compose, kubeconform).");
  });

  it("fails in the tool's own words", async () => {
    const stderr = "validating compose.yaml: services.web Additional property imagee is not allowed";
    const { sum } = await dryRun(
      { "compose.yaml": compose },
      { "docker compose version": {}, "docker compose": { exitCode: 15, stderr } },
    );
    expect(sum).toMatchObject({ outcome: "failed", reason: `compose.yaml (docker compose): ${stderr}.` });
  });

  it("fails on YAML that is none, whatever tools are here", async () => {
    const { sum } = await dryRun({ "compose.yaml": "a: [1" }, {});
    expect(sum.outcome).toBe("failed");
    expect(sum.reason).toMatch(/^compose.yaml \(YAML\): line 1: /);
  });

  it("is not run where its tool is not here, and says so", async () => {
    const { sum, lines } = await dryRun({ "compose.yaml": compose, "compose.b.yaml": compose }, {});
    expect(sum).toMatchObject({
      outcome: "not-run",
      reason: "2 of 4 dry runs pass; docker compose is not installed here.",
    });
    // It is looked for once.
    expect(lines).toEqual(["docker compose version"]);
  });

  it("is not run where the tool lacks something, and fails where something is wrong besides", async () => {
    const lacks = "a.yaml - Foo x failed validation: could not find schema for Foo";
    const here = { "kubeconform -v": {}, "test -n": {} };
    const one = await dryRun({ "a.yaml": manifest }, { ...here, kubeconform: { exitCode: 1, stdout: lacks } });
    expect(one.sum.outcome).toBe("not-run");
    const wrong = `${lacks}\na.yaml - Service x is invalid: problem validating schema`;
    const two = await dryRun({ "a.yaml": manifest }, { ...here, kubeconform: { exitCode: 1, stdout: wrong } });
    expect(two.sum.outcome).toBe("failed");
  });

  it("is not run without a sandbox", async () => {
    const refused = { exitCode: null, endedBy: "refused" as const, reason: "no-sandbox: a test" };
    const { sum } = await dryRun({ Dockerfile: "FROM x" }, { hadolint: refused });
    expect(sum).toMatchObject({ outcome: "not-run", reason: "1 of 2 dry runs pass; hadolint: no-sandbox: a test." });
  });

  it("of nothing that can be is skipped", async () => {
    const { sum } = await dryRun({ "README.md": "x" }, {}, ["README.md"]);
    expect(sum).toMatchObject({ outcome: "skipped", total: 0 });
  });
});
