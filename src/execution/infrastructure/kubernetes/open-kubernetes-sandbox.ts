import { realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { sep } from "node:path";
import type { Logger } from "pino";
import { ConfigurationError } from "../../../kernel/errors.ts";
import type { Sandbox, Toolchain } from "../../application/ports.ts";
import { probeSandbox } from "../probe-sandbox.ts";
import { type ApiAccess, createKubernetesApi, findCluster } from "./kubernetes-api.ts";
import { createKubernetesSandbox, type PodSettings } from "./kubernetes-sandbox.ts";
import { openNetworkTargets } from "./network-targets.ts";
import type { Patience } from "./watch-run.ts";

/** `FLEET_SANDBOX=kubernetes` with its variables; without a namespace the one of this process's own pod. */
export type KubernetesChoice = PodSettings & { readonly kind: "kubernetes"; readonly namespace: string | undefined };

const identity = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Opens the cluster's sandbox and proves in real pods what it keeps in and out. Of a bound on processes nothing can be
 * proved: a pod has no field for one, the nodes have (`podPidsLimit`).
 * @throws ConfigurationError when it does not work or does not keep what it must
 */
export async function openKubernetesSandbox(options: {
  readonly choice: KubernetesChoice;
  readonly logger: Logger;
  /** For tests: another API than that of the cluster around this process. */
  readonly cluster?: { readonly access: ApiAccess; readonly namespace: string };
  readonly patience?: Patience;
}): Promise<Sandbox> {
  const { choice, logger, patience } = options;
  const fail = (why: string): never => {
    throw new ConfigurationError(`FLEET_SANDBOX=kubernetes cannot be used: ${why}.`);
  };
  const cluster = options.cluster ?? findCluster(process.env);
  if ("missing" in cluster) return fail(cluster.missing);
  const mount = await realpath(choice.mount).catch(() => fail(`${choice.mount} (FLEET_KUBERNETES_MOUNT) is not there`));
  const temporary = await realpath(tmpdir());
  if (!temporary.startsWith(`${mount}${sep}`))
    return fail(
      `work trees and dependencies must lie on the shared volume, and ${temporary} does not; set TMPDIR to a folder below ${mount}`,
    );
  const api = createKubernetesApi(cluster.access, choice.namespace ?? cluster.namespace);
  const sandbox = createKubernetesSandbox({
    api,
    settings: { ...choice, mount },
    logger,
    ...(patience === undefined ? {} : { patience }),
  });
  const { targets, close } = await openNetworkTargets(cluster.access.url);
  try {
    const { protects, failures } = await probeSandbox(sandbox, {
      targets,
      secretFiles: [identity],
      unasked: ["processes"],
    });
    if (failures.length > 0)
      return fail(`${failures.join("; ")} (deploy/kubernetes/sandbox.yaml holds what the pods need)`);
    logger.info({ sandbox: "kubernetes", protects }, "sandbox probed");
    return { ...sandbox, protects };
  } finally {
    close();
  }
}

/** The toolchains of a pod are its image's; only what keeps them off the network has to be said. */
export async function imageToolchain(): Promise<Toolchain> {
  return {
    readOnly: [],
    path: [],
    env: {
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONPATH: "src",
      GOTOOLCHAIN: "local",
      GOPROXY: "off",
      GOFLAGS: "-buildvcs=false",
      GOCACHE: "/tmp/go-build",
      CARGO_NET_OFFLINE: "true",
    },
  };
}
