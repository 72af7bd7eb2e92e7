import { z } from "zod";
import { found, notFound } from "../github-error.ts";
import { bodyOf, type Call, numberParam, type Operation, type Reply } from "../operation.ts";
import { presentDelivery } from "../present/app.ts";
import type { AppRow, DeliveryRow } from "../rows.ts";
import { deliveryHeaders } from "../webhooks.ts";
import { callingApp } from "./apps.ts";

const configSchema = z.object({
  url: z.string().optional(),
  secret: z.string().optional(),
  content_type: z.enum(["json", "form"]).optional(),
  insecure_ssl: z.union([z.string(), z.number()]).optional(),
});

function presentConfig(app: AppRow) {
  return {
    url: app.webhookUrl,
    content_type: app.contentType,
    insecure_ssl: "0",
    ...(app.webhookSecret === "" ? {} : { secret: "********" }),
  };
}

function updateConfig(call: Call): Reply {
  const app = callingApp(call);
  const body = bodyOf(call, configSchema);
  const { apps } = call.world.store.tables;
  const changed = call.world.store.transaction(() =>
    apps.put({
      ...app,
      webhookUrl: body.url ?? app.webhookUrl,
      webhookSecret: body.secret ?? app.webhookSecret,
      contentType: body.content_type ?? app.contentType,
    }),
  );
  return { status: 200, body: presentConfig(changed) };
}

function find(call: Call): DeliveryRow {
  const delivery = found(call.world.store.tables.deliveries.get(numberParam(call, "delivery_id")));
  if (delivery.appId !== callingApp(call).id || !delivery.attempted) throw notFound();
  return delivery;
}

/** The newest first; `cursor` is the id of the last one on the page before. */
function list(call: Call): Reply {
  const size = Math.min(100, Math.max(1, Number(call.query.get("per_page") ?? 30) || 30));
  const cursor = Number(call.query.get("cursor") ?? Number.POSITIVE_INFINITY) || Number.POSITIVE_INFINITY;
  const rows = call.world.store.tables.deliveries
    .in(callingApp(call).id)
    .filter((row) => row.attempted && row.id < cursor)
    .reverse();
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  const query = new URLSearchParams({ per_page: String(size), cursor: String(last?.id ?? 0) });
  const headers: Record<string, string> =
    rows.length > size ? { link: `<${call.world.url}/api/v3${call.canonicalPath}?${query}>; rel="next"` } : {};
  return { status: 200, body: shown.map(presentDelivery), headers };
}

function get(call: Call): Reply {
  const delivery = find(call);
  const text = call.world.store.payloads.read(delivery.offset, delivery.length);
  const request = {
    headers: deliveryHeaders(callingApp(call), delivery, text),
    payload: z.record(z.string(), z.unknown()).parse(JSON.parse(text)),
  };
  const response = { headers: {}, payload: delivery.responseBody };
  return { status: 200, body: { ...presentDelivery(delivery), url: callingApp(call).webhookUrl, request, response } };
}

/** A redelivery is a new entry of the log with the same GUID. */
function redeliver(call: Call): Reply {
  const { store } = call.world;
  const delivery = find(call);
  store.transaction(() => {
    const again = {
      ...delivery,
      id: store.id(),
      redelivery: true,
      attempted: false,
      status: "pending",
      statusCode: 0,
      duration: 0,
      responseBody: null,
    };
    call.world.noteDelivery(store.tables.deliveries.put(again).id);
  });
  return { status: 202, body: {} };
}

export const hookDeliveryOperations: readonly Operation[] = [
  {
    id: "apps/get-webhook-config-for-app",
    method: "GET",
    path: "/app/hook/config",
    handle: (call) => ({ status: 200, body: presentConfig(callingApp(call)) }),
  },
  { id: "apps/update-webhook-config-for-app", method: "PATCH", path: "/app/hook/config", handle: updateConfig },
  { id: "apps/list-webhook-deliveries", method: "GET", path: "/app/hook/deliveries", handle: list },
  { id: "apps/get-webhook-delivery", method: "GET", path: "/app/hook/deliveries/{delivery_id}", handle: get },
  {
    id: "apps/redeliver-webhook-delivery",
    method: "POST",
    path: "/app/hook/deliveries/{delivery_id}/attempts",
    handle: redeliver,
  },
];
