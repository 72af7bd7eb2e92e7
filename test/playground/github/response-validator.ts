import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Ajv2019, type ValidateFunction } from "ajv/dist/2019.js";
import formats from "ajv-formats";
import { z } from "zod";
import type { Exchange } from "../../../src/playground/github/exchange.ts";
import type { LocalGitHub } from "../../../src/playground/github/local-github.ts";
import { convertSchema, type Form, isObject, type Schema } from "./convert-schema.ts";

const schemaSchema = z.record(z.string(), z.unknown());
const subsetSchema = z.object({
  operations: z.record(
    z.string(),
    z.object({
      method: z.string(),
      path: z.string(),
      request: schemaSchema.nullable(),
      responses: z.record(z.string(), schemaSchema.nullable()),
    }),
  ),
  webhooks: z.record(z.string(), schemaSchema),
  schemas: z.record(z.string(), schemaSchema),
});

/** The committed part of GitHub's OpenAPI description (scripts/openapi-subset.mjs writes it). */
export function readSubset(): z.output<typeof subsetSchema> {
  const packed = readFileSync(new URL("./openapi-subset.json.gz", import.meta.url));
  const subset = subsetSchema.parse(JSON.parse(gunzipSync(packed).toString("utf8")));
  const list = subset.operations["apps/list-installations"];
  // The description wants the account to be a user *and* an enterprise here; elsewhere it is one of them.
  if (list !== undefined)
    list.responses["200"] = { type: "array", items: { $ref: "#/components/schemas/installation" } };
  return subset;
}

/** Places where the description contradicts what GitHub really answers. */
const knownFaults: readonly RegExp[] = [
  // Not part of the REST description.
  /^graphql: /,
  // GitHub's answers have no "type" for teams; the description says that it is required.
  /^(teams|pulls)\/.* must have required property 'type'/,
  /requested_teams\/\d+ must have required property 'type'/,
  // Where one pull request is described, its teams are so without the "parent" that GitHub's answers hold.
  /requested_teams\/\d+ must NOT have unevaluated properties \{"unevaluatedProperty":"parent"\}/,
  // The list of events in webhooks lags behind: it has neither sub_issues nor issue_dependencies.
  /^webhook .*performed_via_github_app\/events\/\d+ must be equal to one of the allowed values/,
  // The addresses of bots, 1+name[bot]@users.noreply.github.com, are no "email" by the letter of the format.
  /\/email must match format "email"/,
  // Every repository leads on from its former names; the description names that for some operations only.
  /^\S+ 30[17]: a status that GitHub's description does not name/,
  // Two fields of every other form of a repository are missing in this one.
  /^webhook (pull-request-review-edited|team-[a-z-]+): .*"(has_discussions|web_commit_signoff_required)"/,
  // A parent's settings are in this form of a team only.
  /^webhook (membership|team)-[a-z-]+: \/team\/parent must have required property '(type|notification_setting)'/,
];

const errorShape = z.object({ message: z.string(), documentation_url: z.string(), status: z.string() });

/** Judges exchanges by GitHub's own description; compiled lazily by operation and status. */
export class ResponseValidator {
  readonly #subset = readSubset();
  readonly #ajv = new Ajv2019({ strict: false, allErrors: true, logger: false });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor() {
    formats.default(this.#ajv);
    for (const form of ["closed", "open", "lax"] satisfies Form[]) this.#addComponents(form);
  }

  /** What is wrong with an exchange, one sentence each; nothing when all is well. */
  check(exchange: Exchange): string[] {
    return this.#faults(exchange).filter((fault) => !knownFaults.some((known) => known.test(fault)));
  }

  #faults(exchange: Exchange): string[] {
    if (exchange.kind === "webhook") return this.#checkWebhook(exchange);
    if (exchange.operation === null) return [];
    const { operation: id, status, body, requestBody } = exchange;
    const operation = this.#subset.operations[id];
    const name = `${id} ${status}`;
    if (operation === undefined) return [`${id}: GitHub's description has no such operation`];
    const request =
      status < 300 && operation.request !== null && isObject(requestBody)
        ? this.#check(`${id} request`, operation.request, requestBody)
        : [];
    const schema = operation.responses[String(status)];
    if (status >= 400) return errorShape.safeParse(body).success ? [] : [`${name}: not GitHub's error shape`];
    if (schema === undefined) return [`${name}: a status that GitHub's description does not name`];
    if (schema === null) return body === undefined || status === 302 ? request : [`${name}: should have no body`];
    // Raw and diff media types are text.
    return typeof body === "string" || Buffer.isBuffer(body)
      ? request
      : [...request, ...this.#check(name, schema, body)];
  }

  #checkWebhook(exchange: Extract<Exchange, { kind: "webhook" }>): string[] {
    const name = [exchange.event, exchange.action]
      .filter((part) => part !== null)
      .join("-")
      .replaceAll("_", "-");
    const schema = this.#subset.webhooks[name];
    return schema === undefined
      ? [`webhook ${name}: GitHub's description has no such event`]
      : this.#check(`webhook ${name}`, schema, exchange.payload);
  }

  #check(name: string, schema: Schema, value: unknown): string[] {
    const key = `use:${name}`;
    const validate =
      this.#compiled.get(key) ??
      this.#ajv.compile({
        $id: `https://local/${encodeURIComponent(key)}`,
        ...this.#rooted(convertSchema(schema, "closed")),
      });
    this.#compiled.set(key, validate);
    if (validate(plain(value))) return [];
    const faults = (validate.errors ?? []).map(
      (error) => `${name}: ${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
    );
    return [...new Set(faults)].slice(0, 12);
  }

  /** Leads references to the shared components. */
  #rooted(schema: Schema): Schema {
    return z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"https://local/components#/$defs/')));
  }

  #definitions: Record<string, Schema> = {};

  #addComponents(form: Form): void {
    for (const [name, schema] of Object.entries(this.#subset.schemas))
      this.#definitions[`${form}:${name}`] = convertSchema(schema, form);
    if (form === "lax") this.#ajv.addSchema({ $id: "https://local/components", $defs: this.#definitions });
  }
}

/** As JSON carries it: without undefined fields. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

let shared: ResponseValidator | undefined;

/** Plugs the validator into a running local GitHub. Every answer and every webhook from now on is judged. */
export function attachValidator(github: Pick<LocalGitHub, "observe">): { violations(): readonly string[] } {
  shared ??= new ResponseValidator();
  const validator = shared;
  const violations = new Set<string>();
  github.observe((exchange) => {
    for (const fault of validator.check(exchange)) violations.add(fault);
  });
  return { violations: () => [...violations] };
}
