/** The words that travel between server and pages. Times are RFC 3339, ids are strings. */

export type ConversationState = "assistant" | "waiting" | "offered" | "agent" | "resolved";
export type HandoffState =
  | "queued" | "offered" | "assigned" | "callback" | "resolved" | "returned" | "abandoned" | "stayed";
export type Author = "customer" | "assistant" | "agent" | "notice";
export type Choice = "wait" | "callback" | "message" | "stay";
export type PresenceState = "online" | "away" | "busy" | "do_not_disturb" | "offline";
export type FlagKind = "missing_context" | "wrong_routing" | "avoidable" | "other";
export type Unmatched = "nobody_skilled" | "nobody_present" | "all_at_capacity" | "all_declined";

export interface Wait { low_seconds: number; high_seconds: number; coverage?: number }
export interface Person { id: string; name: string; team?: string }

export interface Customer {
  id: string;
  external_id?: string;
  name?: string;
  email?: string;
  tier?: string;
  locale?: string;
  attributes?: Record<string, unknown>;
}

export interface HandoffBrief {
  id: string;
  state: HandoffState;
  position?: number;
  wait?: Wait;
  team?: string;
  trigger?: string | { name: string };
  promise?: { until_at: string };
}

export interface Conversation {
  id: string;
  state: ConversationState;
  control: { holder: "assistant" | "nobody" | "agent"; agent_id?: string; epoch: number };
  customer: Customer;
  channel?: string;
  subject?: string;
  opened_at: string;
  resolved_at?: string;
  handoff?: HandoffBrief;
  choices?: Choice[];
  csat?: number;
  agent?: Person;
  position: number;
}

export interface Source { id?: string; title: string; url?: string }

export interface Message {
  id: string;
  conversation_id: string;
  author: Author;
  agent?: Person;
  text: string;
  at: string;
  withheld?: boolean;
  assistant?: { confidence?: number; intent?: string; attempted?: string[]; sources?: Source[] };
  notice?: { kind: string; choices?: Choice[] };
}

export type Section = "issue" | "attempted" | "source" | "fact" | "sentiment" | "account" | "previous";

export interface BriefingLine {
  section: Section | string;
  label: string;
  text: string;
  message_id?: string;
  /** UTF-16 offsets in that message's text. */
  span?: { start: number; end: number };
  conversation_id?: string;
  field?: string;
  outcome?: string;
  kind?: string;
  now?: boolean;
}

export interface Points {
  severity: number;
  customer: number;
  sentiment: number;
  age: number;
  total: number;
  per_minute?: number;
}

export interface Handoff {
  id: string;
  conversation_id: string;
  state: HandoffState;
  trigger?: { name: string; about?: string };
  level?: string;
  severity?: number | string;
  intent?: string;
  route: string;
  team?: string;
  skills: Record<string, number>;
  opened_at: string;
  points?: Points;
  position?: number;
  wait?: Wait;
  offer?: { id: string; agent_id: string; until_at: string };
  agent?: Person;
  step?: { index: number; who: string; since_at?: string };
  unmatched?: Unmatched;
  briefing: BriefingLine[];
  first_sentence?: string;
  promises?: { id: string; told_at: string; until_at: string; state: string }[];
  customer: Customer;
}

export interface Agent {
  id: string;
  name: string;
  email?: string;
  team?: string;
  skills: Record<string, number>;
  capacity: number;
  on_call?: boolean;
  retired?: boolean;
  presence: { state: PresenceState; since_at?: string; until_at?: string };
}

export interface AgentLive extends Agent { load: number; conversations?: string[]; free?: number }

export interface Me { kind: "agent" | "lead" | "admin"; name: string; agent?: Agent }

export interface Offer { handoff: Handoff; until_at: string }

export interface DeskItem {
  conversation: Conversation;
  handoff?: Handoff;
  last_message?: Message;
  unread?: number | boolean;
}

export interface DeskAnswer { position: number; agent: Agent; offers: Offer[]; conversations: DeskItem[] }

export interface QueueEntry {
  handoff_id: string;
  conversation_id: string;
  customer: { name?: string; tier?: string };
  issue: string;
  route: string;
  team?: string;
  skills: Record<string, number>;
  severity?: number | string;
  trigger?: string | { name: string };
  waiting_since: string;
  points: Points;
  place: number;
  wait?: Wait;
  state: "queued" | "offered" | "callback";
  offer?: { agent_id: string; agent_name?: string; until_at: string };
  step?: { index: number; who: string };
  candidates: number;
  unmatched?: Unmatched;
}

export interface AtRisk { kind: "promise" | "urgent" | "no_candidate"; handoff_id: string; text: string; until_at?: string }

export interface QueueAnswer {
  position: number;
  entries: QueueEntry[];
  agents: AgentLive[];
  at_risk: AtRisk[];
  totals: { waiting: number; offered: number; with_agent: number; with_assistant: number };
  /** Where a conversation may be passed on to. */
  routes: { name: string; team: string }[];
}

export interface Explanation {
  items: { position: number; at: string; kind: string; title: string; text: string; inputs?: Record<string, unknown> }[];
}

/** RFC 9457. */
export interface Problem { type?: string; title: string; status: number; detail?: string; field?: string; hint?: string }

export type LiveEvent =
  | { event: "conversation"; data: Conversation }
  | { event: "message"; data: Message }
  | { event: "offer"; data: Offer }
  | { event: "offer_ended"; data: { offer_id: string; handoff_id: string; agent_id: string; how: string } }
  | { event: "queue"; data: Record<string, never> }
  | { event: "agent"; data: AgentLive }
  | { event: "alert"; data: { handoff_id: string; rule: string; severity: string; text: string } }
  | { event: "you"; data: Agent };

export type EventFrame = { type: "event"; position: number; part?: number; at: string } & LiveEvent;

export type Frame =
  | { type: "welcome"; position: number }
  | EventFrame
  | { type: "typing"; conversation_id: string; author: Author | { agent: string } }
  | { type: "ping" };

/** The number in `msg_12`: the place in the journal, and so the order. */
export function placeOf(id: string): number {
  return Number(id.slice(id.lastIndexOf("_") + 1)) || 0;
}

/** What it is about, in the order of importance that the briefing has. */
export function issues(briefing: BriefingLine[] | undefined): BriefingLine[] {
  return (briefing ?? []).filter((line) => line.section === "issue");
}

/** A trigger comes as its name or as a record with it. */
export function triggerName(trigger: string | { name: string } | undefined): string | undefined {
  return typeof trigger === "string" ? trigger : trigger?.name;
}
