/** The console's calls, by the names of DESIGN's API. */
import { call, type Call } from "../../../shared/post";
import type {
  Conversation, DeskAnswer, Explanation, FlagKind, Handoff, Me, Message, PresenceState, Agent, QueueAnswer, AgentLive,
} from "../../../shared/wire";
import { network } from "./network.svelte";

const BASE = "/api/v1";

function ask<T>(path: string, options: Call = {}): Promise<T> {
  return call<T>(BASE + path, { ...options, onWaiting: network.waiting });
}

export const login = (email: string, password: string) =>
  call<Me>(`${BASE}/login`, { body: { email, password }, attempts: 2 });
export const logout = () => call<void>(`${BASE}/logout`, { body: {}, attempts: 2 });
export const me = () => ask<Me>("/me");
export const desk = () => ask<DeskAnswer>("/desk");
export const queue = () => ask<QueueAnswer>("/queue");
export const agents = () => ask<{ items: AgentLive[] }>("/agents");
export const metrics = () => call<Record<string, unknown>>(`${BASE}/metrics`, { attempts: 1 });
export const conversation = (id: string) => ask<Conversation>(`/conversations/${id}`);
export const handoff = (id: string) => ask<Handoff>(`/handoffs/${id}`);
export const explain = (id: string) => ask<Explanation>(`/handoffs/${id}/explain`);

export async function messages(id: string): Promise<Message[]> {
  const all: Message[] = [];
  let cursor: string | null = "";
  do {
    const query: string = cursor ? `?limit=200&cursor=${encodeURIComponent(cursor)}` : "?limit=200";
    const page: { items: Message[]; next_cursor?: string | null } = await ask(`/conversations/${id}/messages${query}`);
    all.push(...page.items);
    cursor = page.next_cursor ?? null;
  } while (cursor);
  return all;
}

export const say = (id: string, text: string, epoch: number, key: string) =>
  ask<{ message: Message }>(`/conversations/${id}/messages`, { body: { author: "agent", text, epoch }, key });

export type Move = "claim" | "accept" | "decline" | "transfer" | "return" | "resolve";
export const move = (id: string, verb: Move, body: unknown = {}) =>
  ask<Handoff>(`/handoffs/${id}/${verb}`, { body });
export const flag = (id: string, kind: FlagKind, note?: string) =>
  ask<unknown>(`/handoffs/${id}/flag`, { body: note ? { kind, note } : { kind } });

export const setPresence = (state: PresenceState) =>
  ask<Agent>("/agents/me/presence", { method: "PUT", body: { state } });
