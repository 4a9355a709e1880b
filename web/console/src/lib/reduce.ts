/** What an event changes on the desk. No calls, no clock: the same events give the same desk. */
import { placeOf, type Agent, type Conversation, type DeskAnswer, type Handoff, type LiveEvent, type Message, type Offer } from "../../../shared/wire";

/** A message on its way: shown at once, replaced when the server has it. */
export interface Pending { key: string; text: string; at: string; refused?: string }

export interface Case {
  conversation: Conversation;
  handoff?: Handoff;
  messages: Message[];
  /** All messages are here, not only those that came live. */
  whole: boolean;
  pending: Pending[];
  unread: number;
}

export interface DeskState {
  agent: Agent | undefined;
  offers: Offer[];
  cases: Record<string, Case>;
  alerts: { handoff_id: string; severity: string; text: string }[];
}

/** What must be asked for after an event. */
export type Wish = { ask: "desk" } | { ask: "queue" } | { ask: "handoff"; handoff: string };

export function emptyDesk(): DeskState {
  return { agent: undefined, offers: [], cases: {}, alerts: [] };
}

/** Takes a whole answer; what is known of the messages stays. */
export function takeDesk(state: DeskState, answer: DeskAnswer): void {
  state.agent = answer.agent;
  state.offers = answer.offers;
  const mine = new Set(answer.conversations.map((item) => item.conversation.id));
  for (const item of answer.conversations) {
    const known = takeConversation(state, item.conversation);
    if (item.handoff) known.handoff = item.handoff;
    if (item.last_message) takeMessage(state, item.last_message, true);
    if (typeof item.unread === "number" && !known.whole) known.unread = item.unread;
  }
  for (const [id, known] of Object.entries(state.cases)) {
    if (!mine.has(id) && known.conversation.state !== "resolved") delete state.cases[id];
  }
}

export function takeConversation(state: DeskState, conversation: Conversation): Case {
  const known = state.cases[conversation.id];
  if (!known) {
    state.cases[conversation.id] = { conversation, messages: [], whole: false, pending: [], unread: 0 };
  } else if (conversation.position >= known.conversation.position) {
    known.conversation = conversation;
  }
  return state.cases[conversation.id] as Case;
}

export function takeMessages(state: DeskState, id: string, messages: Message[]): void {
  const known = state.cases[id];
  if (!known) return;
  for (const message of messages) upsert(known.messages, message);
  known.whole = true;
}

/** Adds a message once, in its place; `quietly` leaves the unread mark alone. */
export function takeMessage(state: DeskState, message: Message, quietly: boolean): void {
  const known = state.cases[message.conversation_id];
  if (!known) return;
  const isNew = upsert(known.messages, message);
  if (message.author === "agent") settle(known, message);
  if (isNew && !quietly && message.author === "customer") known.unread += 1;
}

function upsert(messages: Message[], message: Message): boolean {
  const place = placeOf(message.id);
  let at = messages.length;
  while (at > 0 && placeOf((messages[at - 1] as Message).id) >= place) at -= 1;
  const isThere = messages[at]?.id === message.id;
  messages.splice(at, isThere ? 1 : 0, message);
  return !isThere;
}

/** The live event may be faster than the answer to our own call. */
function settle(known: Case, message: Message): void {
  const at = known.pending.findIndex((pending) => pending.text === message.text);
  if (at >= 0) known.pending.splice(at, 1);
}

export function takeEvent(state: DeskState, seen: LiveEvent, reading: string | undefined): Wish[] {
  switch (seen.event) {
    case "conversation":
      return conversationChanged(state, seen.data);
    case "message":
      takeMessage(state, seen.data, seen.data.conversation_id === reading);
      return [];
    case "offer":
      if (isForMe(state, seen.data.handoff.offer?.agent_id)) takeOffer(state, seen.data);
      return [];
    case "offer_ended":
      if (!isForMe(state, seen.data.agent_id)) return [];
      state.offers = state.offers.filter((offer) => offer.handoff.id !== seen.data.handoff_id);
      return [{ ask: "desk" }];
    case "you":
      state.agent = seen.data;
      return [];
    case "alert":
      state.alerts = [seen.data, ...state.alerts].slice(0, 5);
      return [{ ask: "queue" }];
    case "agent":
    case "queue":
      return [{ ask: "queue" }];
  }
}

/** A lead hears of everybody's offers; only one's own is shown as an offer. */
function isForMe(state: DeskState, agent: string | undefined): boolean {
  return state.agent !== undefined && (agent === undefined || agent === state.agent.id);
}

export function takeOffer(state: DeskState, offer: Offer): void {
  state.offers = [...state.offers.filter((other) => other.handoff.id !== offer.handoff.id), offer];
}

function conversationChanged(state: DeskState, conversation: Conversation): Wish[] {
  const me = state.agent?.id;
  const isMine = conversation.agent?.id === me || conversation.control.agent_id === me;
  const known = state.cases[conversation.id];
  if (!known) return isMine && conversation.state === "agent" ? [{ ask: "desk" }] : [];
  takeConversation(state, conversation);
  if (!isMine && conversation.state !== "resolved") delete state.cases[conversation.id];
  return conversation.handoff ? [{ ask: "handoff", handoff: conversation.handoff.id }] : [];
}
