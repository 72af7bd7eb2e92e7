import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { sandboxLimits } from "../../../../src/execution/application/sandbox-limits.ts";
import { jobManifest, sandboxLabels } from "../../../../src/execution/infrastructure/kubernetes/job-manifest.ts";
import { schemaProblems } from "./kubernetes-schemas.ts";

const manifest = jobManifest({
  name: "fleet-run-0",
  image: "registry.example.com/fleet:1",
  claim: "fleet-work",
  uid: 1000,
  gid: 1000,
  parts: [
    { subPath: "tmp/worktrees/a", mountPath: "/worktree", readOnly: false },
    { subPath: "tmp/store/b", mountPath: "/worktree/node_modules", readOnly: true },
  ],
  command: ["/bin/sh", "-c", "echo $HOME $(date) $$"],
  env: { GREETING: "a $b" },
  path: ["/fleet/bin"],
  limits: sandboxLimits,
});

describe("the Job of a run", () => {
  it("is what Kubernetes' schemas take", () => {
    expect(schemaProblems(manifest)).toEqual([]);
    expect(schemaProblems({ ...manifest, spec: { ...manifest.spec, retries: 1 } })).not.toEqual([]);
  });

  it("is this", () => {
    expect(manifest).toMatchSnapshot();
  });
});

describe("deploy/kubernetes/sandbox.yaml", () => {
  const text = readFileSync(new URL("../../../../deploy/kubernetes/sandbox.yaml", import.meta.url), "utf8");
  const documents = parseAllDocuments(text).map((document): unknown => document.toJS());

  it("is what Kubernetes' schemas take", () => {
    expect(documents.flatMap(schemaProblems)).toEqual([]);
    expect(documents).toHaveLength(3);
  });

  it("closes the network of exactly the pods that runs are given", () => {
    const policy = z
      .object({ spec: z.object({ podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }).loose() })
      .parse(documents[0]);
    expect(policy.spec.podSelector.matchLabels).toEqual(sandboxLabels);
    // Both kinds, and no rule that lets anything through.
    expect(policy.spec).toMatchObject({ policyTypes: ["Ingress", "Egress"] });
    expect(Object.keys(policy.spec).sort()).toEqual(["podSelector", "policyTypes"]);
  });
});
