/** A JSON value that is an object. */
export type Schema = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * How strict a converted schema is: "closed" refuses unknown fields here and below, "open" only below, "lax" nowhere.
 */
export type Form = "closed" | "open" | "lax";

/**
 * An OpenAPI 3.0 schema as JSON Schema 2019-09: `nullable` becomes a type, `oneOf` becomes `anyOf` (GitHub's branches
 * overlap), and references lead to the component in the wanted form.
 */
export function convertSchema(schema: Schema, form: Form): Schema {
  const { nullable, oneOf, anyOf, allOf, $ref, ...rest } = schema;
  const branches = listOf(anyOf ?? oneOf);
  const parts = listOf(allOf);
  const inner: Form = form === "lax" ? "lax" : "closed";
  const converted: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) converted[key] = convertKeyword(key, value, inner);
  if (typeof $ref === "string") converted["$ref"] = `#/$defs/${form}:${$ref.split("/").at(-1)}`;
  const composed = parts.length > 0 || (branches.length > 0 && "properties" in rest);
  const branchForm: Form = composed && form === "closed" ? "open" : form;
  if (branches.length > 0) converted["anyOf"] = branches.map((branch) => convertSchema(branch, branchForm));
  // The parts after the first repeat some fields of it with fewer of theirs: they cannot be closed.
  if (parts.length > 0)
    converted["allOf"] = parts.map((part, index) => convertSchema(part, index === 0 ? branchForm : "lax"));
  if (form === "closed" && (composed || "properties" in rest) && !("additionalProperties" in rest)) {
    converted["unevaluatedProperties"] = false;
  }
  return nullable === true ? orNull(converted) : converted;
}

function convertKeyword(key: string, value: unknown, form: Form): unknown {
  if (key === "properties" && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, isObject(item) ? convertSchema(item, form) : item]),
    );
  }
  if ((key === "items" || key === "additionalProperties") && isObject(value)) return convertSchema(value, form);
  return value;
}

function listOf(value: unknown): Schema[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function orNull(schema: Record<string, unknown>): Schema {
  if (typeof schema["type"] !== "string" || "anyOf" in schema || "allOf" in schema || "$ref" in schema)
    return { anyOf: [schema, { type: "null" }] };
  const values = schema["enum"];
  return { ...schema, type: [schema["type"], "null"], ...(Array.isArray(values) ? { enum: [...values, null] } : {}) };
}
