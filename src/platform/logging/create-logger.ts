import pino, { type DestinationStream, type Level, type Logger, type LoggerOptions } from "pino";
import { prettyFactory } from "pino-pretty";
import { serializeError } from "./serialize-error.ts";

const secretNames = [
  "token",
  "accessToken",
  "authorization",
  "Authorization",
  "secret",
  "secrets",
  "webhookSecret",
  "webhookSecrets",
  "clientSecret",
  "password",
  "privateKey",
  "apiKey",
  "cookie",
  '["set-cookie"]',
  '["x-hub-signature-256"]',
];

export type LogOptions = {
  readonly level: Level | "silent";
  /** Default: pretty on a terminal, JSON otherwise. */
  readonly format?: "json" | "pretty" | undefined;
  /** Default: standard output. Tests give their own. */
  readonly stream?: DestinationStream & { readonly isTTY?: boolean };
};

/**
 * The process's root logger. Fields of secrets' names are masked three levels deep, and errors are cut to their kind,
 * message and stack: clients hang whole requests onto theirs. The first defence stays not to log such things.
 */
export function createLogger(options: LogOptions): Logger {
  const { level, stream } = options;
  const terminal = (stream ?? process.stdout).isTTY === true;
  const format = options.format ?? (terminal ? "pretty" : "json");
  const settings: LoggerOptions = {
    level,
    redact: { paths: secretNames.flatMap(threeLevels), censor: "******" },
    serializers: { err: serializeError, error: serializeError },
  };
  if (format === "json") {
    // pino's own standard output is written at once: no line is lost at the end of the process.
    return stream === undefined ? pino(settings) : pino(settings, stream);
  }
  const destination = stream ?? process.stdout;
  const prettify = prettyFactory({
    colorize: terminal && process.env["NO_COLOR"] === undefined,
    ignore: "pid,hostname",
    translateTime: "SYS:HH:MM:ss.l",
  });
  return pino(settings, { write: (line: string) => void destination.write(prettify(line)) });
}

function threeLevels(name: string): string[] {
  const dot = name.startsWith("[") ? "" : ".";
  return [name, `*${dot}${name}`, `*.*${dot}${name}`];
}
