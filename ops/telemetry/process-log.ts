/**
 * What a process says, one JSON object a line: when, who, how bad, what kind of thing, and its
 * fields. Whoever reads it reads lines, and nothing that was said can make two of one.
 */
import { inspect } from "node:util";
import { pino } from "pino";
import { withoutPasswords } from "../config/masked.ts";
import { visible } from "./visible-text.ts";

export type LogLevel = "info" | "warn" | "error" | "fatal";

/** One thing that happened; the rest of its fields depend on the kind. */
export interface LoggedEvent {
  readonly kind: string;
  readonly level?: string;
  readonly [field: string]: unknown;
}

export interface ProcessLogOptions {
  readonly process: string;
  /** Takes each line, with its end. */
  readonly write: (line: string) => void;
  readonly now?: () => Date;
}

/** Returns what writes an event. */
export function openProcessLog(options: ProcessLogOptions): (event: LoggedEvent) => void {
  const { process, write, now = () => new Date() } = options;
  const logger = pino(
    {
      base: { process },
      timestamp: () => `,"at":"${now().toISOString()}"`,
      formatters: { level: (level) => ({ level }), log: inJson },
    },
    { write: (line) => write(`${visible(line.trimEnd())}\n`) },
  );
  return ({ level, ...event }) => logger[levelOf(level)](event);
}

function levelOf(level: string | undefined): LogLevel {
  return level === "error" || level === "warn" || level === "fatal" ? level : "info";
}

/**
 * Errors as text with their causes, wherever they are; JSON would leave them out. Some have whole
 * addresses in them: those are told without their passwords.
 */
function inJson(event: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(event, replaced)) as Record<string, unknown>;
}

function replaced(_key: string, value: unknown): unknown {
  if (value instanceof Error) return withoutPasswords(inspect(value));
  return typeof value === "bigint" ? String(value) : value;
}
