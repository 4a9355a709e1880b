/** What the widget knows and does: the session, the conversation, the outbox, the socket. */
import { Live, type Connection } from "../shared/live";
import { call, newKey, Refused } from "../shared/post";
import { placeOf, type Choice, type Conversation, type EventFrame, type Message } from "../shared/wire";

export interface Outgoing { key: string; text: string; refused?: string }

interface Kept { token: string; conversation?: string; outbox: Outgoing[] }

const TYPING_MS = 5_000;
const RENEW_PAUSE_MS = 30_000;

export class Talk {
  conversation: Conversation | undefined;
  messages: Message[] = [];
  outbox: Outgoing[] = [];
  connected = true;
  typist: string | undefined;
  unread = 0;
  rated = false;
  private token: string | undefined;
  private live: Live | undefined;
  private sending: Promise<void> | undefined;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private renewedAt = 0;
  private beginning: Promise<void> | undefined;
  private readonly slot: string;

  constructor(
    private readonly server: string,
    private readonly customerToken: string | null,
    private readonly changed: () => void,
    /** The page's customer token was refused. */
    private readonly expired: () => void,
  ) {
    this.slot = `segue:${server}:${customerToken ? digest(customerToken) : "anyone"}`;
  }

  /** Goes on where this browser left off, if it did. */
  async resume(): Promise<void> {
    const kept = this.kept();
    if (!kept?.token) return;
    this.token = kept.token;
    this.outbox = kept.outbox ?? [];
    if (!kept.conversation) return;
    try {
      await this.load(kept.conversation);
      if (this.outbox.length) void this.flush();
    } catch (error) {
      if (error instanceof Refused) this.forget();
    }
  }

  /** Asks for a session when there is none yet; asked twice at once, it asks once. */
  begin(): Promise<void> {
    this.beginning ??= (this.token ? Promise.resolve() : this.session()).finally(() => (this.beginning = undefined));
    return this.beginning;
  }

  private async session(): Promise<void> {
    const body = this.customerToken ? { customer_token: this.customerToken } : {};
    const session = await this.call<{ token: string; conversation?: Conversation }>("/widget/session", body).catch((error: unknown) => {
      if (isStale(error)) this.expired();
      throw error;
    });
    this.token = session.token;
    this.keep();
    if (session.conversation) await this.load(session.conversation.id);
  }

  async say(text: string): Promise<void> {
    this.outbox.push({ key: newKey(), text });
    this.keep();
    this.changed();
    await this.flush();
  }

  async askForPerson(reason: string): Promise<void> {
    const id = await this.ensure();
    await this.call(`/conversations/${id}/handoff`, { by: "customer", reason });
    await this.refresh();
  }

  async choose(choice: Choice, callback?: { phone?: string; email?: string }): Promise<void> {
    if (!this.conversation) return;
    const body = callback ? { choice, callback } : { choice };
    this.take(await this.call<Conversation>(`/conversations/${this.conversation.id}/choice`, body));
  }

  async end(): Promise<void> {
    if (!this.conversation) return;
    this.take(await this.call<Conversation>(`/conversations/${this.conversation.id}/resolve`, {}));
  }

  async rate(score: number, comment: string): Promise<void> {
    if (!this.conversation) return;
    await this.call(`/conversations/${this.conversation.id}/csat`, comment ? { score, comment } : { score });
    this.rated = true;
    this.changed();
  }

  typing(): void {
    if (this.conversation) this.live?.typing(this.conversation.id);
  }

  /** A fresh chat of the same customer. */
  restart(): void {
    this.live?.close();
    this.live = undefined;
    this.conversation = undefined;
    this.messages = [];
    this.rated = false;
    this.keep();
    this.changed();
  }

  close(): void {
    this.closed = true;
    this.live?.close();
  }

  private async ensure(): Promise<string> {
    await this.begin();
    if (!this.conversation) {
      const opened = await this.call<Conversation>("/conversations", { channel: "web" });
      this.conversation = opened;
      this.keep();
      this.connect();
    }
    return this.conversation.id;
  }

  /** Sends what waits, one after the other and in order; one run at a time. */
  private flush(): Promise<void> {
    this.sending ??= this.sendAll().finally(() => (this.sending = undefined));
    return this.sending;
  }

  private async sendAll(): Promise<void> {
    for (;;) {
      const next = this.outbox.find((outgoing) => !outgoing.refused);
      if (!next || this.closed) return;
      try {
        const id = await this.ensure();
        const body = { author: "customer", text: next.text };
        const answer = await this.call<{ message: Message }>(`/conversations/${id}/messages`, body, next.key);
        this.settle(next.key);
        this.add(answer.message);
      } catch (error) {
        if (isStale(error) && (await this.renew().catch(() => false))) continue;
        next.refused = error instanceof Error ? error.message : String(error);
      }
      this.keep();
      this.changed();
    }
  }

  private settle(key: string): void {
    this.outbox = this.outbox.filter((outgoing) => outgoing.key !== key);
  }

  private async load(id: string): Promise<void> {
    const [conversation, page] = await Promise.all([
      this.get<Conversation>(`/conversations/${id}`),
      this.get<{ items: Message[] }>(`/conversations/${id}/messages?limit=200`),
    ]);
    this.conversation = conversation;
    this.rated = conversation.csat !== undefined && conversation.csat !== null;
    for (const message of page.items) this.add(message);
    this.keep();
    this.connect();
    this.changed();
  }

  private async refresh(): Promise<void> {
    if (this.conversation) this.take(await this.get<Conversation>(`/conversations/${this.conversation.id}`));
  }

  private connect(): void {
    if (this.live || this.closed || !this.conversation) return;
    this.live = new Live({
      url: () => `${this.server.replace(/^http/, "ws")}/api/v1/live`,
      hello: () => ({ token: this.token }),
      onState: (state) => this.note(state),
      onEvent: (frame) => this.event(frame),
      onTyping: (id, author) => id === this.conversation?.id && !author.includes("customer") && this.showTypist(author),
      onRewound: () => void this.reload(),
      onWelcome: (again) => again && void this.reload(),
    });
    this.live.knows(this.conversation.position);
    this.live.open();
  }

  private async reload(): Promise<void> {
    const id = this.conversation?.id;
    if (!id) return;
    await this.load(id).catch((error: unknown) => error instanceof Refused && this.restart());
  }

  private note(state: Connection): void {
    if (state === "refused") void this.renew();
    this.connected = state === "live" || (state === "connecting" && this.connected);
    this.changed();
  }

  /** Our token does not count any more: ask for another, once in a while. */
  private async renew(): Promise<boolean> {
    if (Date.now() - this.renewedAt < RENEW_PAUSE_MS) return false;
    this.renewedAt = Date.now();
    this.live?.close();
    this.live = undefined;
    this.forget();
    this.connected = true;
    await this.begin();
    this.changed();
    return true;
  }

  private event(frame: EventFrame): void {
    if (frame.event === "conversation") this.take(frame.data);
    if (frame.event === "message" && frame.data.conversation_id === this.conversation?.id) this.arrive(frame.data);
  }

  private arrive(message: Message): void {
    // The event of our own message may be faster than the answer to our call.
    const own = message.author === "customer" && this.outbox.find((outgoing) => outgoing.text === message.text);
    if (own) this.settle(own.key);
    const isNew = this.add(message);
    if (isNew && message.author !== "customer") this.unread += 1;
    this.typist = undefined;
    this.changed();
  }

  private take(conversation: Conversation): void {
    if (conversation.id !== this.conversation?.id) return;
    if (conversation.position < this.conversation.position) return;
    this.conversation = conversation;
    this.typist = undefined;
    if (conversation.csat) this.rated = true;
    this.changed();
  }

  private add(message: Message): boolean {
    if (message.withheld || this.messages.some((known) => known.id === message.id)) return false;
    this.messages.push(message);
    this.messages.sort((a, b) => placeOf(a.id) - placeOf(b.id));
    return true;
  }

  private showTypist(author: string): void {
    clearTimeout(this.typingTimer);
    this.typist = author;
    this.typingTimer = setTimeout(() => {
      this.typist = undefined;
      this.changed();
    }, TYPING_MS);
    this.changed();
  }

  private get<T>(path: string): Promise<T> {
    return call<T>(`${this.server}/api/v1${path}`, { token: this.token });
  }

  private call<T>(path: string, body: unknown, key?: string): Promise<T> {
    return call<T>(`${this.server}/api/v1${path}`, { body, token: this.token, ...(key ? { key } : {}) });
  }

  private kept(): Kept | undefined {
    try {
      return JSON.parse(localStorage.getItem(this.slot) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  }

  private keep(): void {
    const kept = { token: this.token, conversation: this.conversation?.id, outbox: this.outbox };
    try {
      localStorage.setItem(this.slot, JSON.stringify(kept));
    } catch {
      // Without storage the chat lasts as long as the page.
    }
  }

  private forget(): void {
    this.token = undefined;
    this.conversation = undefined;
    this.messages = [];
    this.keep();
  }
}

function isStale(error: unknown): boolean {
  return error instanceof Refused && (error.problem.status === 401 || error.problem.status === 403);
}

/** A short name for a token, so that each customer of one browser has a slot of their own. */
function digest(text: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return sum.toString(36);
}
