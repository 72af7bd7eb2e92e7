import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigurationError } from "../../../src/kernel/errors.ts";
import { describeEnvironment, parseEnvironment } from "../../../src/platform/config/environment.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const folder = mkdtempSync(join(tmpdir(), "environment-"));
const keyFile = join(folder, "key.pem");
const modelFile = join(folder, "model.gguf");
writeFileSync(keyFile, privateKey);
writeFileSync(modelFile, "GGUF");
afterAll(() => rmSync(folder, { recursive: true }));

const app = { APP_ID: "12", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "s3cret" };

function problem(env: NodeJS.ProcessEnv): string {
  try {
    parseEnvironment(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("The environment was accepted.");
}

describe("an empty environment", () => {
  it.each([{}, { APP_ID: "", PORT: " ", VALKEY_URL: "", HOME: "/home/x" }])(
    "is a playground with the defaults",
    (env) => {
      expect(parseEnvironment(env)).toEqual({
        mode: "playground",
        app: undefined,
        oauth: undefined,
        github: { host: undefined, protocol: "https" },
        http: { host: "127.0.0.1", port: 3000 },
        neo4j: undefined,
        valkeyUrl: undefined,
        models: { hosts: [], apiKey: undefined, file: undefined, summaries: false },
        dataDir: resolve(".fleet"),
        sandbox: undefined,
        deliberations: 2,
        log: { level: "info", format: undefined },
      });
    },
  );
});

describe("a full environment", () => {
  it("is read into its parts", () => {
    const environment = parseEnvironment({
      ...app,
      WEBHOOK_SECRET: " new , old,",
      GITHUB_CLIENT_ID: "Iv1.1",
      GITHUB_CLIENT_SECRET: "c",
      GHE_HOST: "127.0.0.1:8080",
      GHE_PROTOCOL: "http",
      HOST: "::1",
      PORT: "0",
      NEO4J_URI: "bolt+s://db:7687",
      NEO4J_PASSWORD: "p",
      VALKEY_URL: "rediss://:pw@valkey:6380/1",
      FLEET_MODEL_HOSTS: "http://gpu-1:8000/v1/, https://gpu-2/v1",
      FLEET_MODEL_API_KEY: "k",
      FLEET_SUMMARY: "model",
      FLEET_MODEL_FILE: modelFile,
      FLEET_DATA_DIR: "/var/lib/fleet",
      FLEET_SANDBOX: "off",
      FLEET_DELIBERATIONS: "64",
      LOG_LEVEL: "trace",
      LOG_FORMAT: "pretty",
    });
    expect(environment).toEqual({
      mode: "app",
      app: { appId: 12, privateKey: privateKey.trim(), webhookSecrets: ["new", "old"] },
      oauth: { clientId: "Iv1.1", clientSecret: "c" },
      github: { host: "127.0.0.1:8080", protocol: "http" },
      http: { host: "::1", port: 0 },
      neo4j: { uri: "bolt+s://db:7687", username: "neo4j", password: "p", database: "neo4j" },
      valkeyUrl: "rediss://:pw@valkey:6380/1",
      models: { hosts: ["http://gpu-1:8000/v1", "https://gpu-2/v1"], apiKey: "k", file: modelFile, summaries: true },
      dataDir: "/var/lib/fleet",
      sandbox: "off",
      deliberations: 64,
      log: { level: "trace", format: "pretty" },
    });
  });

  it("is read with what the pods of a cluster need", () => {
    const pods = {
      FLEET_SANDBOX: "kubernetes",
      FLEET_KUBERNETES_IMAGE: "registry.example.com/fleet:1@sha256:0",
      FLEET_KUBERNETES_CLAIM: "fleet-work",
      FLEET_KUBERNETES_MOUNT: "/var/lib/fleet-work",
    };
    expect(parseEnvironment(pods).sandbox).toEqual({
      kind: "kubernetes",
      image: "registry.example.com/fleet:1@sha256:0",
      claim: "fleet-work",
      mount: "/var/lib/fleet-work",
      namespace: undefined,
      jobs: 16,
    });
    expect(parseEnvironment({ ...pods, FLEET_KUBERNETES_JOBS: "64" }).sandbox).toHaveProperty("jobs", 64);
    expect(problem({ ...pods, FLEET_KUBERNETES_CLAIM: "" })).toContain(
      "FLEET_KUBERNETES_CLAIM is missing, while FLEET_SANDBOX and FLEET_KUBERNETES_IMAGE and FLEET_KUBERNETES_MOUNT is set",
    );
    // They stand in nobody's way where another sandbox is chosen.
    expect(parseEnvironment({ ...pods, FLEET_SANDBOX: "off" }).sandbox).toBe("off");
  });

  it.each([
    ["with literal line ends", { PRIVATE_KEY: privateKey.replaceAll("\n", "\\n") }],
    ["in base64", { PRIVATE_KEY: Buffer.from(privateKey).toString("base64") }],
    ["in a file", { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: keyFile }],
    ["before one in a file", { PRIVATE_KEY_PATH: keyFile }],
  ])("takes a private key %s", (_, change) => {
    const environment = parseEnvironment({ ...app, ...change });
    expect(environment.app?.privateKey.trim()).toBe(privateKey.trim());
  });
});

describe("a wrong value", () => {
  it.each([
    ["APP_ID", "Iv1.123"],
    ["APP_ID", "0"],
    ["PRIVATE_KEY_PATH", join(folder, "none.pem")],
    ["PRIVATE_KEY_PATH", modelFile],
    ["GHE_HOST", "https://github.example.com"],
    ["GHE_HOST", "github.example.com/"],
    ["GHE_PROTOCOL", "ftp"],
    ["HOST", "http://x"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "3000.5"],
    ["NEO4J_URI", "http://db:7474"],
    ["NEO4J_URI", "neo4j:db"],
    ["VALKEY_URL", "localhost:6379"],
    ["VALKEY_URL", "http://valkey"],
    ["VALKEY_URL", "redis://"],
    ["FLEET_MODEL_HOSTS", "gpu-1:8000"],
    ["FLEET_MODEL_HOSTS", "http://gpu-1:8000/v1,gpu-2"],
    ["FLEET_MODEL_HOSTS", ","],
    ["FLEET_MODEL_FILE", join(folder, "none.gguf")],
    ["FLEET_MODEL_FILE", keyFile],
    ["FLEET_SANDBOX", "bwrap"],
    ["FLEET_KUBERNETES_IMAGE", "fleet 1"],
    ["FLEET_KUBERNETES_CLAIM", "Fleet_Work"],
    ["FLEET_KUBERNETES_MOUNT", "work"],
    ["FLEET_KUBERNETES_NAMESPACE", "-fleet"],
    ["FLEET_KUBERNETES_JOBS", "0"],
    ["FLEET_KUBERNETES_JOBS", "1e3"],
    ["FLEET_DELIBERATIONS", "0"],
    ["FLEET_DELIBERATIONS", "257"],
    ["FLEET_DELIBERATIONS", "two"],
    ["LOG_LEVEL", "verbose"],
    ["LOG_FORMAT", "xml"],
  ])("of %s is named with value, expectation and example: %s", (name, value) => {
    const message = problem({ ...app, [name]: value });
    expect(message).toMatch(/^The environment has a problem:\n {2}/);
    expect(message).toContain(`${name}=${JSON.stringify(value).slice(0, 80)}`.slice(0, 60));
    expect(message).toMatch(/must be .+; for example [A-Z0-9_]+=/);
  });

  it.each([
    ["PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----\\nhunter2\\n-----END RSA PRIVATE KEY-----"],
    ["PRIVATE_KEY", "hunter2"],
    ["WEBHOOK_SECRET", "hunter2,development"],
    ["WEBHOOK_SECRET", "development"],
    ["WEBHOOK_SECRET", ",,"],
  ])("of a secret is not shown: %s", (name, value) => {
    const message = problem({ ...app, [name]: value });
    expect(message).toContain(`${name}=******: must be`);
    expect(message).not.toContain("hunter2");
  });

  it("of an address is shown without its password", () => {
    const message = problem({ VALKEY_URL: "http://user:hunter2@valkey" });
    expect(message).toContain('VALKEY_URL="http://******@valkey"');
    expect(problem({ FLEET_MODEL_HOSTS: "http://a/v1,b:hunter2@c" })).not.toContain("hunter2");
  });

  it("does not hide another one, nor a missing one", () => {
    const wrong: Record<string, string> = { APP_ID: "x", PORT: "y", LOG_LEVEL: "z", GITHUB_CLIENT_ID: "c" };
    const message = problem(wrong);
    expect(message).toMatch(/^The environment has 6 problems:/);
    for (const line of [
      'APP_ID="x"',
      'PORT="y"',
      'LOG_LEVEL="z"',
      "PRIVATE_KEY is missing, while APP_ID is set",
      "WEBHOOK_SECRET is missing, while APP_ID is set",
      "GITHUB_CLIENT_SECRET is missing, while GITHUB_CLIENT_ID is set",
    ]) {
      expect(message).toContain(line);
    }
  });
});

describe("a half App", () => {
  it.each([
    [["APP_ID"], ["PRIVATE_KEY", "WEBHOOK_SECRET"]],
    [["WEBHOOK_SECRET"], ["APP_ID", "PRIVATE_KEY"]],
    [["APP_ID", "PRIVATE_KEY"], ["WEBHOOK_SECRET"]],
  ] as const)("with %j is told what it lacks", (present, missing) => {
    const message = problem(Object.fromEntries(present.map((name) => [name, app[name]])));
    expect(message.match(/[A-Z_]+(?= is missing)/g)).toEqual(missing);
  });

  it("may have its key in a file", () => {
    const message = problem({ PRIVATE_KEY_PATH: keyFile, APP_ID: "1" });
    expect(message.match(/[A-Z_]+(?= is missing)/g)).toEqual(["WEBHOOK_SECRET"]);
  });
});

describe("the table", () => {
  it("describes every variable in full", () => {
    const rows = describeEnvironment();
    expect(rows.map((row) => row.name)).toMatchSnapshot();
    for (const row of rows) {
      expect(row.meaning, row.name).toMatch(/^[A-Z].*[^.]$/);
      expect(row.expected, row.name).not.toBe("");
      expect(row.default, row.name).not.toBe("");
      expect(row.example, row.name).not.toBe("");
    }
  });

  it("gives examples that are taken", () => {
    const examples = describeEnvironment().filter((row) => !/PRIVATE_KEY|MODEL_FILE|APP_ID|WEBHOOK/.test(row.name));
    const env = Object.fromEntries(examples.map((row) => [row.name, row.example]));
    expect(() => parseEnvironment(env)).not.toThrow();
  });
});
