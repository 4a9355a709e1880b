/** Calls that survive a restart of the server: a POST is repeated under one Idempotency-Key. */
import type { Problem } from "./wire";

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
}

export interface Call {
  method?: string;
  body?: unknown;
  key?: string;
  token?: string | undefined;
  /** Give up after this many attempts; without it, never. */
  attempts?: number;
  onWaiting?: (waiting: boolean) => void;
}

/** The server's clock minus ours, in milliseconds; small differences count as none. */
export let skew = 0;

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function call<T>(url: string, options: Call = {}): Promise<T> {
  const key = options.key ?? newKey();
  for (let attempt = 1; ; attempt++) {
    const response = await once(url, options, key);
    if (response && !isPassing(response.status)) {
      options.onWaiting?.(false);
      return read<T>(response);
    }
    if (options.attempts && attempt >= options.attempts) throw unreachable(response?.status);
    options.onWaiting?.(true);
    await pause(Math.min(5_000, 250 * 2 ** (attempt - 1)) * (0.6 + 0.4 * Math.random()));
  }
}

/** The server is going away or coming back; the same call may succeed soon. */
function isPassing(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

async function once(url: string, { method, body, token }: Call, key: string): Promise<Response | undefined> {
  const verb = method ?? (body === undefined ? "GET" : "POST");
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (verb === "POST") headers["idempotency-key"] = key;
  if (token) headers["authorization"] = `Bearer ${token}`;
  try {
    return await fetch(url, { method: verb, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  } catch {
    return undefined;
  }
}

async function read<T>(response: Response): Promise<T> {
  noteClock(response);
  const text = await response.text();
  const value: unknown = text ? safely(text) : undefined;
  if (response.ok) return value as T;
  throw new Refused((value as Problem | undefined) ?? { title: response.statusText, status: response.status });
}

function safely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noteClock(response: Response): void {
  const date = Date.parse(response.headers.get("date") ?? "");
  const difference = date + 500 - Date.now();
  if (!Number.isNaN(difference)) skew = Math.abs(difference) > 2_000 ? difference : 0;
}

function unreachable(status?: number): Refused {
  return new Refused({ title: "The server cannot be reached.", status: status ?? 0 });
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
