import { createPrivateKey } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";

/** What README, `--help` and error messages say about a variable. */
export type VariableDescription = {
  readonly meaning: string;
  /** In words where it is no value. */
  readonly default: string;
  /** Completes "must be …". */
  readonly expected: string;
  readonly example: string;
  /** Never shown, in no message. */
  readonly secret?: true;
};

export const descriptions = z.registry<VariableDescription>();

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const logFormats = ["json", "pretty"] as const;
const sandboxes = ["bubblewrap", "kubernetes", "off"] as const;

/** What Kubernetes takes for a name (RFC 1123). */
const kubernetesName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** The environment table of PRODUCT.md as one schema. An empty value counts as absent; see `parseEnvironment`. */
export const variables = z.object({
  APP_ID: z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform(Number)
    .pipe(z.int())
    .optional()
    .register(descriptions, {
      meaning: "The GitHub App's id, on its settings page",
      default: "none: the playground",
      expected: "a positive whole number",
      example: "123456",
    }),
  PRIVATE_KEY: z.string().transform(toPem).refine(isPrivateKey).optional().register(descriptions, {
    meaning: "The GitHub App's private key; line ends may be written as \\n, and base64 of the whole is taken too",
    default: "none: the playground",
    expected: "a private key in PEM form",
    example: '"-----BEGIN RSA PRIVATE KEY-----\\n…\\n-----END RSA PRIVATE KEY-----"',
    secret: true,
  }),
  PRIVATE_KEY_PATH: z.string().transform(readPem).refine(isPrivateKey).optional().register(descriptions, {
    meaning: "A file with that key, instead of PRIVATE_KEY",
    default: "none",
    expected: "a readable file with a private key in PEM form",
    example: "./fleet.private-key.pem",
  }),
  WEBHOOK_SECRET: list(z.string().refine((secret) => secret !== "development"))
    .optional()
    .register(descriptions, {
      meaning: "The webhook's secret; several, separated by commas, are all valid during a rotation",
      default: "none: the playground",
      expected: 'the secret of the App\'s webhook, and not "development", which everybody knows',
      example: "$(openssl rand -hex 32)",
      secret: true,
    }),
  GITHUB_CLIENT_ID: z.string().optional().register(descriptions, {
    meaning: "The App's OAuth client id, for signing in to the dashboard",
    default: "none: no sign-in",
    expected: "the client id on the App's settings page",
    example: "Iv1.0123456789abcdef",
  }),
  GITHUB_CLIENT_SECRET: z.string().optional().register(descriptions, {
    meaning: "The App's OAuth client secret",
    default: "none: no sign-in",
    expected: "a client secret from the App's settings page",
    example: "0123…",
    secret: true,
  }),
  GHE_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.-]+(:\d{1,5})?$/)
    .optional()
    .register(descriptions, {
      meaning: "Another GitHub than github.com",
      default: "github.com",
      expected: "a host name, with a port where it needs one, without https:// and path",
      example: "github.example.com",
    }),
  GHE_PROTOCOL: z.enum(["https", "http"]).default("https").register(descriptions, {
    meaning: "How GHE_HOST is spoken to",
    default: "https",
    expected: "https or http",
    example: "https",
  }),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:-]+$/)
    .default("127.0.0.1")
    .register(descriptions, {
      meaning: "The address to listen on",
      default: "127.0.0.1 (0.0.0.0 in the container)",
      expected: "an IP address or a host name",
      example: "0.0.0.0",
    }),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.int().max(65_535))
    .default(3000)
    .register(descriptions, {
      meaning: "The port to listen on; 0 takes a free one",
      default: "3000",
      expected: "a port from 0 to 65535",
      example: "3000",
    }),
  NEO4J_URI: url(["neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"]).optional().register(descriptions, {
    meaning: "The graph database",
    default: "none: the embedded graph",
    expected: "an address that begins with neo4j:// or bolt:// (+s for TLS)",
    example: "neo4j://127.0.0.1:7687",
  }),
  NEO4J_USERNAME: z.string().default("neo4j").register(descriptions, {
    meaning: "Its user",
    default: "neo4j",
    expected: "a user's name",
    example: "neo4j",
  }),
  NEO4J_PASSWORD: z.string().optional().register(descriptions, {
    meaning: "Its user's password",
    default: "none: no authentication",
    expected: "a password",
    example: "…",
    secret: true,
  }),
  NEO4J_DATABASE: z.string().default("neo4j").register(descriptions, {
    meaning: "The database in it",
    default: "neo4j",
    expected: "a database's name",
    example: "fleet",
  }),
  VALKEY_URL: z
    .union([url(["redis", "rediss", "valkey", "valkeys"]), z.string().startsWith("/")])
    .optional()
    .register(descriptions, {
      meaning: "Queues and cache; the path of a unix socket is taken too",
      default: "none: a server found on PATH is spawned, else in process",
      expected: "an address that begins with redis://, rediss://, valkey:// or valkeys://, or an absolute path",
      example: "redis://127.0.0.1:6379",
    }),
  FLEET_MODEL_HOSTS: list(url(["http", "https"]).transform((text) => text.replace(/\/+$/, "")))
    .optional()
    .register(descriptions, {
      meaning: "OpenAI-compatible model hosts, separated by commas; their models are discovered",
      default: "none: people only",
      expected: "base URLs with http:// or https://, separated by commas",
      example: "http://gpu-1:8000/v1,http://gpu-2:8000/v1",
    }),
  FLEET_MODEL_API_KEY: z.string().optional().register(descriptions, {
    meaning: "The key that the model hosts ask for",
    default: "none",
    expected: "a key",
    example: "…",
    secret: true,
  }),
  FLEET_MODEL_FILE: z
    .string()
    .transform((path) => resolve(path))
    .refine(isGgufFile)
    .optional()
    .register(descriptions, {
      meaning: "A GGUF file to run in process instead of a host",
      default: "none",
      expected: "a readable GGUF file",
      example: "./models/small.gguf",
    }),
  FLEET_SUMMARY: z.enum(["template", "model"]).default("template").register(descriptions, {
    meaning: "Who writes the summaries of stories: the template, or a model of the hosts where one answers",
    default: "template",
    expected: "template or model",
    example: "model",
  }),
  FLEET_DATA_DIR: z
    .string()
    .default(".fleet")
    .transform((path) => resolve(path))
    .register(descriptions, {
      meaning: "Where the embedded engines keep their data",
      default: ".fleet",
      expected: "a folder's path",
      example: "/var/lib/fleet",
    }),
  FLEET_SANDBOX: z
    .enum(sandboxes)
    .optional()
    .register(descriptions, {
      meaning: "Where candidates' code runs",
      default: "bubblewrap where it works, else off",
      expected: sandboxes.join(", "),
      example: "bubblewrap",
    }),
  FLEET_KUBERNETES_IMAGE: z
    .string()
    .regex(/^[\w.:/@-]+$/)
    .optional()
    .register(descriptions, {
      meaning: "The image of the sandbox's pods",
      default: "none; needed with FLEET_SANDBOX=kubernetes",
      expected: "the name of an image",
      example: "registry.example.com/swe-ai-fleet:1.0",
    }),
  FLEET_KUBERNETES_CLAIM: z.string().regex(kubernetesName).optional().register(descriptions, {
    meaning: "The volume claim that this process and the sandbox's pods share",
    default: "none; needed with FLEET_SANDBOX=kubernetes",
    expected: "the name of a PersistentVolumeClaim",
    example: "fleet-work",
  }),
  FLEET_KUBERNETES_MOUNT: z.string().startsWith("/").optional().register(descriptions, {
    meaning: "Where this process has that volume; TMPDIR lies below it",
    default: "none; needed with FLEET_SANDBOX=kubernetes",
    expected: "an absolute path",
    example: "/var/lib/fleet-work",
  }),
  FLEET_KUBERNETES_NAMESPACE: z.string().regex(kubernetesName).optional().register(descriptions, {
    meaning: "The namespace of the sandbox's pods and the claim",
    default: "that of this process's own pod",
    expected: "the name of a namespace",
    example: "fleet-sandbox",
  }),
  FLEET_KUBERNETES_JOBS: whole(1, 1_000).default(16).register(descriptions, {
    meaning: "How many of the sandbox's pods one process has at once; the other runs wait for their turn",
    default: "16",
    expected: "a whole number from 1 to 1000",
    example: "64",
  }),
  FLEET_DELIBERATIONS: whole(1, 256).default(2).register(descriptions, {
    meaning: "How many councils one deliberation worker has at work at once",
    default: "2",
    expected: "a whole number from 1 to 256",
    example: "64",
  }),
  LOG_LEVEL: z
    .enum(logLevels)
    .default("info")
    .register(descriptions, {
      meaning: "The least level that is logged",
      default: "info",
      expected: logLevels.join(", "),
      example: "debug",
    }),
  LOG_FORMAT: z.enum(logFormats).optional().register(descriptions, {
    meaning: "How log lines look",
    default: "pretty on a terminal, json otherwise",
    expected: "json or pretty",
    example: "json",
  }),
});

export type VariableName = keyof typeof variables.shape;

function list<T extends z.ZodType<string, string>>(item: T) {
  return z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== ""),
    )
    .pipe(z.array(item).min(1));
}

function whole(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));
}

function url(schemes: readonly string[]) {
  return z
    .string()
    .refine((text) => URL.canParse(text) && schemes.some((scheme) => text.toLowerCase().startsWith(`${scheme}://`)))
    .refine((text) => !URL.canParse(text) || new URL(text).hostname !== "");
}

function toPem(text: string): string {
  const pem = text.replaceAll("\\n", "\n");
  return pem.includes("-----BEGIN") ? pem : Buffer.from(pem, "base64").toString("utf8");
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // no private key either: the refinement names the variable and the path
  }
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}

function isGgufFile(path: string): boolean {
  try {
    return statSync(path).isFile() && path.endsWith(".gguf");
  } catch {
    return false;
  }
}
