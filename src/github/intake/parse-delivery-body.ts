const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The signed text, and the one field that is needed before the body's own schema is applied. */
export type DeliveryBody = { readonly rawBody: string; readonly installationId: number | undefined };

/** Parses the body once. Undefined when it is not UTF-8, not JSON, or JSON but not an object. */
export function parseDeliveryBody(bytes: Buffer): DeliveryBody | undefined {
  let rawBody: string;
  let body: unknown;
  try {
    rawBody = decoder.decode(bytes);
    body = JSON.parse(rawBody);
  } catch {
    return undefined;
  }
  if (!isRecord(body)) {
    return undefined;
  }
  const installation = body["installation"];
  const id = isRecord(installation) ? installation["id"] : undefined;
  return { rawBody, installationId: typeof id === "number" && Number.isSafeInteger(id) && id > 0 ? id : undefined };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
