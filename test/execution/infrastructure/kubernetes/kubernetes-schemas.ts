import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { z } from "zod";

const schemas = z
  .object({ kinds: z.record(z.string(), z.string()), definitions: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(readFileSync(new URL("./fixtures/kubernetes-schemas.json", import.meta.url), "utf8")));

const ajv = new Ajv({
  strict: false,
  validateFormats: false,
  allErrors: true,
  inlineRefs: false,
  code: { optimize: false },
});
ajv.addSchema({ definitions: schemas.definitions }, "kubernetes");

/** What Kubernetes' own schemas say against a manifest, unknown fields included. Empty: nothing. */
export function schemaProblems(manifest: unknown): readonly string[] {
  const { kind } = z.object({ kind: z.string() }).parse(manifest);
  const validate = ajv.getSchema(`kubernetes${schemas.kinds[kind] ?? ""}`);
  if (validate === undefined) return [`no schema of ${kind} is at hand`];
  validate(manifest);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
