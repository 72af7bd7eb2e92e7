import type { SandboxLimits } from "../../application/ports.ts";
import { insideWorktree } from "../mount-points.ts";

/** What selects the sandbox's pods: the NetworkPolicy of `deploy/kubernetes/sandbox.yaml` does by these labels. */
export const sandboxLabels = {
  "app.kubernetes.io/name": "swe-ai-fleet",
  "app.kubernetes.io/component": "sandbox",
} as const;

/** The label that holds the name of one run's Job. */
export const runLabel = "swe-ai-fleet/run";

/** Where the command's streams go: files, since a pod's log is one stream and the node cuts it as it likes. */
export const streamPoints = { stdout: "/fleet/stdout", stderr: "/fleet/stderr" } as const;

/** How long a Job may wait for a node and its image, in seconds. */
export const startSeconds = 180;

/** A part of the shared volume, by its path in the volume, and where the pod sees it. */
export type VolumePart = { readonly subPath: string; readonly mountPath: string; readonly readOnly: boolean };

export type JobOrder = {
  readonly name: string;
  readonly image: string;
  readonly claim: string;
  readonly uid: number;
  readonly gid: number;
  /** The work tree, the streams' files and all that is mounted beside. */
  readonly parts: readonly VolumePart[];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Directories that programs are looked for in before the image's own. */
  readonly path: readonly string[];
  readonly limits: SandboxLimits;
};

/**
 * Sets the bounds that a pod has no field for, each of one process, and gives the command no other variables than those
 * that are named: a cluster adds its own. The shell stays the first process, since the kernel does not end that one by
 * a signal like the one for too much CPU time.
 */
const launcher = [
  "cpu=$1 file=$2 path=$3; shift 3",
  'ulimit -c 0 && ulimit -n 1024 && ulimit -f "$file" && ulimit -S -t "$cpu" && ulimit -H -t "$((cpu + 1))" || exit 125',
  `env -i PATH="$path$PATH" "$@" </dev/null >${streamPoints.stdout} 2>${streamPoints.stderr}`,
  "exit $?",
].join("\n");

/**
 * The Job of one run: one pod, tried once, with no identity, no capability, a read-only root and nothing of the volume but
 * its parts. It ends by itself when whoever watches it is gone, and the cluster removes it afterwards.
 */
export function jobManifest(order: JobOrder) {
  const { name, limits } = order;
  const labels = { ...sandboxLabels, [runLabel]: name };
  const deadline = startSeconds + Math.ceil(limits.wallMs / 1_000);
  const env = { HOME: "/tmp", TMPDIR: "/tmp", LANG: "C.UTF-8", CI: "true", ...order.env };
  const words = [
    String(limits.cpuSeconds),
    // The shell counts files in blocks of 512 bytes.
    String(Math.ceil(limits.fileBytes / 512)),
    order.path.map((directory) => `${directory}:`).join(""),
    ...Object.entries(env).map(([variable, value]) => `${variable}=${value}`),
    ...order.command,
  ];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, labels },
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      // Later than the pod's own deadline, which leaves the pod in place to say why it ended.
      activeDeadlineSeconds: deadline + 60,
      ttlSecondsAfterFinished: 300,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          activeDeadlineSeconds: deadline,
          terminationGracePeriodSeconds: 1,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          // A name is no way out either, whatever the network lets pass.
          dnsPolicy: "None",
          dnsConfig: { nameservers: ["127.0.0.1"] },
          hostname: "sandbox",
          securityContext: {
            runAsNonRoot: true,
            runAsUser: order.uid,
            runAsGroup: order.gid,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: "run",
              image: order.image,
              workingDir: insideWorktree,
              command: ["/bin/sh", "-c", literal(launcher), "fleet"],
              args: words.map(literal),
              securityContext: {
                privileged: false,
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              resources: {
                requests: { cpu: "100m", memory: String(limits.memoryBytes) },
                limits: {
                  cpu: "2",
                  memory: String(limits.memoryBytes),
                  // What lies in /tmp, and the little that the node writes for the container.
                  "ephemeral-storage": String(limits.tmpBytes + 64 * 1024 * 1024),
                },
              },
              volumeMounts: [
                { name: "tmp", mountPath: "/tmp" },
                ...order.parts.map((part) => ({ name: "shared", ...part })),
              ],
            },
          ],
          volumes: [
            { name: "tmp", emptyDir: { sizeLimit: String(limits.tmpBytes) } },
            { name: "shared", persistentVolumeClaim: { claimName: order.claim } },
          ],
        },
      },
    },
  };
}

export type JobManifest = ReturnType<typeof jobManifest>;

/**
 * Kubernetes puts variables in place of `$(NAME)` in commands and reads `$$` as one dollar sign
 * (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ "command"); a shell's line means neither.
 */
function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}
