/** The console's one store: who I am, my desk, and everything that changes it. */
import { Live, type Connection } from "../../../shared/live";
import { newKey, Refused } from "../../../shared/post";
import type { Handoff, Me, PresenceState, QueueAnswer } from "../../../shared/wire";
import * as api from "./api";
import { draftKey, drafts } from "./drafts.svelte";
import { network } from "./network.svelte";
import { emptyDesk, takeConversation, takeDesk, takeEvent, takeMessage, takeMessages, type Case, type Wish } from "./reduce";
import { route } from "./route.svelte";
import { say } from "./toasts.svelte";

const QUEUE_PAUSE_MS = 250;
const TYPING_SHOWN_MS = 5_000;

class Store {
  me = $state<Me | undefined>();
  /** Whether we know yet if somebody is logged in. */
  asked = $state(false);
  desk = $state(emptyDesk());
  queue = $state<QueueAnswer | undefined>();
  typing = $state<Record<string, number>>({});
  /** Where the whole briefing's source is shown: a message and a stretch of it. */
  spotlight = $state<{ message: string; start: number; end: number; turn: number } | undefined>();
  private live: Live | undefined;
  private queueTimer: ReturnType<typeof setTimeout> | undefined;
  private deskTimer: ReturnType<typeof setTimeout> | undefined;

  get cases(): Case[] {
    return Object.values(this.desk.cases).sort((a, b) => b.conversation.opened_at.localeCompare(a.conversation.opened_at));
  }

  get open(): Case | undefined {
    return route.conversation ? this.desk.cases[route.conversation] : undefined;
  }

  async start(): Promise<void> {
    try {
      await this.enter(await api.me());
    } catch {
      this.asked = true;
    }
  }

  async enter(me: Me): Promise<void> {
    if (!me.agent && location.hash === "") route.go("board");
    // Shown when there is something to show, so that nothing jumps.
    await Promise.all([me.agent ? this.askDesk() : undefined, this.askQueue()]);
    this.me = me;
    this.asked = true;
    this.connect();
  }

  async leave(): Promise<void> {
    this.live?.close();
    this.live = undefined;
    await api.logout().catch(() => undefined);
    this.me = undefined;
    this.desk = emptyDesk();
    this.queue = undefined;
  }

  async accept(handoff: string): Promise<void> {
    const taken = await this.attempt(() => api.move(handoff, "accept"));
    if (taken) await this.taken(taken);
    else await this.askDesk();
  }

  async claim(handoff: string): Promise<void> {
    const taken = await this.attempt(() => api.move(handoff, "claim"));
    if (taken) await this.taken(taken);
    void this.askQueue();
  }

  async decline(handoff: string): Promise<void> {
    this.dropOffer(handoff);
    await this.attempt(() => api.move(handoff, "decline"));
  }

  /** Resolve, give back or transfer: the conversation leaves this desk. */
  async finish(handoff: string, verb: "resolve" | "return" | "transfer", body: unknown, done: string): Promise<boolean> {
    const answer = await this.attempt(() => api.move(handoff, verb, body));
    if (!answer) return false;
    say(done);
    const known = this.desk.cases[answer.conversation_id];
    if (known && verb === "resolve") known.conversation.state = "resolved";
    await this.askDesk();
    return true;
  }

  async setPresence(state: PresenceState): Promise<void> {
    const agent = await this.attempt(() => api.setPresence(state));
    if (agent) this.desk.agent = agent;
  }

  async read(id: string): Promise<void> {
    const known = this.desk.cases[id];
    if (!known) return;
    known.unread = 0;
    if (!known.whole) await this.attempt(async () => takeMessages(this.desk, id, await api.messages(id)));
    const handoff = known.handoff?.id ?? known.conversation.handoff?.id;
    if (handoff && !known.handoff?.briefing) await this.askHandoff(handoff);
  }

  async send(id: string, text: string): Promise<void> {
    const known = this.desk.cases[id];
    if (!known) return;
    const pending = { key: newKey(), text, at: new Date().toISOString() };
    known.pending.push(pending);
    drafts.set(draftKey(known.conversation), "");
    try {
      const answer = await api.say(id, text, known.conversation.control.epoch, pending.key);
      takeMessage(this.desk, answer.message, true);
      known.pending = known.pending.filter((other) => other.key !== pending.key);
    } catch (error) {
      const shown = known.pending.find((other) => other.key === pending.key);
      if (shown) shown.refused = error instanceof Error ? error.message : String(error);
    }
  }

  discard(id: string, key: string): void {
    const known = this.desk.cases[id];
    const refused = known?.pending.find((pending) => pending.key === key);
    if (!known || !refused) return;
    known.pending = known.pending.filter((pending) => pending.key !== key);
    drafts.set(draftKey(known.conversation), refused.text);
  }

  noteTyping(id: string): void {
    this.live?.typing(id);
  }

  show(message: string, start: number, end: number): void {
    this.spotlight = { message, start, end, turn: (this.spotlight?.turn ?? 0) + 1 };
  }

  async askQueue(): Promise<void> {
    clearTimeout(this.queueTimer);
    this.queueTimer = undefined;
    this.queue = await api.queue().catch(() => this.queue);
  }

  private async taken(handoff: Handoff): Promise<void> {
    this.dropOffer(handoff.id);
    const conversation = await this.attempt(() => api.conversation(handoff.conversation_id));
    if (!conversation) return;
    takeConversation(this.desk, conversation).handoff = handoff;
    route.go("desk", conversation.id);
  }

  private dropOffer(handoff: string): void {
    this.desk.offers = this.desk.offers.filter((offer) => offer.handoff.id !== handoff);
  }

  private connect(): void {
    this.live?.close();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.live = new Live({
      url: () => `${scheme}://${location.host}/api/v1/live`,
      hello: () => ({}),
      onState: (state) => this.note(state),
      onEvent: (frame) => this.grant(takeEvent(this.desk, frame, this.reading())),
      onTyping: (id, author) => author.includes("customer") && this.showTyping(id),
      onRewound: () => this.forget(),
      onWelcome: (again) => again && void this.askAll(),
    });
    this.live.knows(this.known || (this.queue?.position ?? 0));
    this.live.open();
  }

  private known = 0;

  private note(state: Connection): void {
    network.set(state);
    if (state === "refused") this.me = undefined;
  }

  private reading(): string | undefined {
    return route.view === "desk" && !document.hidden ? route.conversation : undefined;
  }

  private grant(wishes: Wish[]): void {
    for (const wish of wishes) {
      if (wish.ask === "queue") this.queueTimer ??= setTimeout(() => void this.askQueue(), QUEUE_PAUSE_MS);
      else if (wish.ask === "handoff") void this.askHandoff(wish.handoff);
      else this.askDeskSoon();
    }
  }

  private askDeskSoon(): void {
    clearTimeout(this.deskTimer);
    this.deskTimer = setTimeout(() => void this.askDesk(), QUEUE_PAUSE_MS);
  }

  private async askDesk(): Promise<void> {
    const answer = await this.attempt(api.desk);
    if (!answer) return;
    takeDesk(this.desk, answer);
    this.known = answer.position;
  }

  private async askHandoff(id: string): Promise<void> {
    const handoff = await api.handoff(id).catch(() => undefined);
    const known = handoff && this.desk.cases[handoff.conversation_id];
    if (known) known.handoff = handoff;
  }

  private forget(): void {
    this.desk = emptyDesk();
    void this.askAll();
  }

  private async askAll(): Promise<void> {
    await Promise.all([this.me?.agent ? this.askDesk() : undefined, this.askQueue()]);
  }

  private showTyping(id: string): void {
    const until = Date.now() + TYPING_SHOWN_MS;
    this.typing[id] = until;
    setTimeout(() => this.typing[id] === until && delete this.typing[id], TYPING_SHOWN_MS);
  }

  private async attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 401) this.me = undefined;
      else say(error instanceof Error ? error.message : String(error), "urgent");
      return undefined;
    }
  }
}

export const store = new Store();
