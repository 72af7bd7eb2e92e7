import { describe, expect, it } from "vitest";
import { deploymentTargets, isYaml } from "../../../../src/execution/domain/dry-runs/deployment-targets.ts";

const manifest = "apiVersion: v1\nkind: ConfigMap\n";
const files = [
  "compose.yaml",
  "compose.override.yaml",
  "Dockerfile",
  "charts/shop/Chart.yaml",
  "charts/shop/values.yaml",
  "charts/shop/templates/deployment.yaml",
  "k8s/base/kustomization.yaml",
  "k8s/base/service.yaml",
  "k8s/alone.yaml",
  "k8s/values.yaml",
];

const targets = (changed: Record<string, string>, removed: readonly string[] = []) =>
  deploymentTargets(
    Object.entries(changed).map(([path, text]) => ({ path, text })),
    removed,
    files,
  ).map(({ kind, paths }) => `${kind} ${paths.join(" ")}`);

describe("what a change's deployment files belong to", () => {
  it.each([
    [{ "compose.yaml": "services: {}" }, ["compose compose.yaml"]],
    [{ "compose.override.yaml": "services: {}" }, ["compose compose.yaml compose.override.yaml"]],
    [
      { Dockerfile: "FROM x", "web/api.Dockerfile": "FROM x" },
      ["dockerfile Dockerfile", "dockerfile web/api.Dockerfile"],
    ],
    [{ "charts/shop/values.yaml": "", "charts/shop/templates/deployment.yaml": "{{" }, ["chart charts/shop"]],
    [{ "k8s/base/service.yaml": manifest }, ["kustomization k8s/base", "manifest k8s/base/service.yaml"]],
    [{ "k8s/alone.yaml": manifest, "k8s/values.yaml": "a: 1" }, ["manifest k8s/alone.yaml"]],
    [{ "src/index.js": "kind: of" }, []],
  ])("%o", (changed, expected) => {
    expect(targets(changed)).toEqual(expected);
  });

  it("is a chart or a kustomization also where a file of it goes away", () => {
    expect(targets({}, ["charts/shop/templates/service.yaml", "k8s/base/old.yaml", "k8s/gone.yaml"])).toEqual([
      "chart charts/shop",
      "kustomization k8s/base",
    ]);
  });

  it("takes a chart's template for no YAML", () => {
    expect(
      ["charts/shop/templates/deployment.yaml", "charts/shop/values.yaml"].map((path) => isYaml(path, files)),
    ).toEqual([false, true]);
  });
});
