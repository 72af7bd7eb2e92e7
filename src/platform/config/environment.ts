import type { z } from "zod";
import { ConfigurationError } from "../../kernel/errors.ts";
import { descriptions, type VariableDescription, type VariableName, variables } from "./variables.ts";

type Values = z.output<typeof variables>;

/** What the App itself needs; without it the process is a playground. */
export type AppCredentials = {
  readonly appId: number;
  /** PEM, with real line ends. */
  readonly privateKey: string;
  /** At least one, none of them "development". */
  readonly webhookSecrets: readonly string[];
};

/** The environment, parsed once. Paths are absolute, lists are lists; what is undefined was not given. */
export type Environment = (
  | { readonly mode: "app"; readonly app: AppCredentials }
  | { readonly mode: "playground"; readonly app: undefined }
) & {
  readonly oauth: { readonly clientId: string; readonly clientSecret: string } | undefined;
  readonly github: { readonly host: string | undefined; readonly protocol: "https" | "http" };
  readonly http: { readonly host: string; readonly port: number };
  /** Undefined: the embedded graph. No password: no authentication. */
  readonly neo4j:
    | {
        readonly uri: string;
        readonly username: string;
        readonly password: string | undefined;
        readonly database: string;
      }
    | undefined;
  readonly valkeyUrl: string | undefined;
  readonly models: {
    /** Base URLs without a slash at the end. */
    readonly hosts: readonly string[];
    readonly apiKey: string | undefined;
    readonly file: string | undefined;
    /** Whether they write the summaries of stories. */
    readonly summaries: boolean;
  };
  readonly dataDir: string;
  readonly sandbox:
    | "bubblewrap"
    | {
        readonly kind: "kubernetes";
        readonly image: string;
        readonly claim: string;
        readonly mount: string;
        readonly namespace: string | undefined;
        /** Pods at once of one process. */
        readonly jobs: number;
      }
    | "off"
    | undefined;
  /** Councils at once in one deliberation worker. */
  readonly deliberations: number;
  readonly log: { readonly level: Values["LOG_LEVEL"]; readonly format: "json" | "pretty" | undefined };
};

const shownLength = 80;

/** What `FLEET_SANDBOX=kubernetes` cannot do without. */
const podVariables = ["FLEET_KUBERNETES_IMAGE", "FLEET_KUBERNETES_CLAIM", "FLEET_KUBERNETES_MOUNT"] as const;

/**
 * Reads the environment by its one schema.
 *
 * @throws {ConfigurationError} that names every problem at once: name, value (secrets masked), expectation, example
 */
export function parseEnvironment(env: NodeJS.ProcessEnv): Environment {
  const given = pick(env);
  const parsed = variables.safeParse(given);
  const wrong = parsed.success ? [] : [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
  const problems = [...wrong.map((name) => describeProblem(name, given)), ...findGaps(given)];
  if (!parsed.success || problems.length > 0) {
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    throw new ConfigurationError(`The environment has ${count}:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  }
  return toEnvironment(parsed.data);
}

/** The table of all variables, for README, `--help` and the docs, in its order. */
export function describeEnvironment(): readonly ({ readonly name: VariableName } & VariableDescription)[] {
  return variableNames().map((name) => ({ name, ...describe(name) }));
}

function variableNames(): VariableName[] {
  return variables.keyof().options;
}

function describe(name: VariableName): VariableDescription {
  const description = descriptions.get(variables.shape[name]);
  if (description === undefined) {
    throw new Error(`${name} has no description.`);
  }
  return description;
}

/** The known variables that hold something: compose files and shells pass on empty ones. */
function pick(env: NodeJS.ProcessEnv): Partial<Record<VariableName, string>> {
  const entries = variableNames().map((name) => [name, env[name]?.trim() ?? ""] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

function describeProblem(key: string, given: Partial<Record<VariableName, string>>): string {
  const name = variableNames().find((known) => known === key);
  if (name === undefined) {
    return key;
  }
  const { expected, example, secret } = describe(name);
  const value = given[name] ?? "";
  const shown = secret === true ? "******" : JSON.stringify(withoutPassword(value).slice(0, shownLength));
  return `${name}=${shown}: must be ${expected}; for example ${name}=${example}`;
}

/** `redis://:password@host` holds a secret too. */
function withoutPassword(value: string): string {
  return value.replaceAll(/[^/\s,]*@/g, "******@");
}

/** Variables that only make sense together, by presence alone, so that a wrong value does not hide a missing one. */
function findGaps(given: Partial<Record<VariableName, string>>): string[] {
  const key: VariableName = given.PRIVATE_KEY_PATH === undefined ? "PRIVATE_KEY" : "PRIVATE_KEY_PATH";
  const together: readonly (readonly VariableName[])[] = [
    ["APP_ID", key, "WEBHOOK_SECRET"],
    ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"],
    ...(given.FLEET_SANDBOX === "kubernetes" ? [["FLEET_SANDBOX", ...podVariables] as const] : []),
  ];
  return together.flatMap((names) => {
    const missing = names.filter((name) => given[name] === undefined);
    const present = names.filter((name) => given[name] !== undefined);
    if (missing.length === 0 || present.length === 0) {
      return [];
    }
    return missing.map((name) => {
      const { expected, example } = describe(name);
      return `${name} is missing, while ${present.join(" and ")} is set: must be ${expected}; for example ${name}=${example}`;
    });
  });
}

function toEnvironment(values: Values): Environment {
  const privateKey = values.PRIVATE_KEY ?? values.PRIVATE_KEY_PATH;
  const { APP_ID: appId, WEBHOOK_SECRET: webhookSecrets } = values;
  const rest = {
    oauth:
      values.GITHUB_CLIENT_ID !== undefined && values.GITHUB_CLIENT_SECRET !== undefined
        ? { clientId: values.GITHUB_CLIENT_ID, clientSecret: values.GITHUB_CLIENT_SECRET }
        : undefined,
    github: { host: values.GHE_HOST, protocol: values.GHE_PROTOCOL },
    http: { host: values.HOST, port: values.PORT },
    neo4j:
      values.NEO4J_URI === undefined
        ? undefined
        : {
            uri: values.NEO4J_URI,
            username: values.NEO4J_USERNAME,
            password: values.NEO4J_PASSWORD,
            database: values.NEO4J_DATABASE,
          },
    valkeyUrl: values.VALKEY_URL,
    models: {
      hosts: values.FLEET_MODEL_HOSTS ?? [],
      apiKey: values.FLEET_MODEL_API_KEY,
      file: values.FLEET_MODEL_FILE,
      summaries: values.FLEET_SUMMARY === "model",
    },
    dataDir: values.FLEET_DATA_DIR,
    sandbox: sandboxOf(values),
    deliberations: values.FLEET_DELIBERATIONS,
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
  };
  if (appId === undefined || privateKey === undefined || webhookSecrets === undefined) {
    return { mode: "playground", app: undefined, ...rest };
  }
  return { mode: "app", app: { appId, privateKey, webhookSecrets }, ...rest };
}

function sandboxOf(values: Values): Environment["sandbox"] {
  const { FLEET_KUBERNETES_IMAGE: image, FLEET_KUBERNETES_CLAIM: claim, FLEET_KUBERNETES_MOUNT: mount } = values;
  if (values.FLEET_SANDBOX !== "kubernetes") return values.FLEET_SANDBOX;
  if (image === undefined || claim === undefined || mount === undefined) return undefined;
  const { FLEET_KUBERNETES_NAMESPACE: namespace, FLEET_KUBERNETES_JOBS: jobs } = values;
  return { kind: "kubernetes", image, claim, mount, namespace, jobs };
}
