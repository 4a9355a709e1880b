/**
 * One socket that never gives up: it says hello with the last position it has seen, answers pings,
 * drops what it has had before, and comes back by itself after a break.
 */
import type { EventFrame, Frame } from "./wire";

export type Connection = "connecting" | "live" | "lost" | "refused";

export interface LiveOptions {
  url: () => string;
  hello: () => Record<string, unknown>;
  onState: (state: Connection, retryAt?: number) => void;
  onEvent: (frame: EventFrame) => void;
  onTyping: (conversation: string, author: string) => void;
  /** The server knows less than we have seen: it started from an older journal. */
  onRewound: () => void;
  /** Called at each welcome; `again` is false the first time. */
  onWelcome: (again: boolean) => void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** The server pings every 5 s; three times that without a frame is a dead line. */
const SILENCE_MS = 15_000;
const NOT_ALLOWED = 4001;
/** Every part of the position is known. */
const WHOLE = Number.MAX_SAFE_INTEGER;

export class Live {
  /** The last position and part that were taken. */
  position = 0;
  private part = -1;
  private socket: WebSocket | undefined;
  private attempt = 0;
  private welcomed = false;
  private stopped = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: LiveOptions) {
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  /** A whole answer told us everything up to `position`. */
  knows(position: number): void {
    if (position <= this.position) return;
    this.position = position;
    this.part = WHOLE;
  }

  open(): void {
    clearTimeout(this.retry);
    if (this.stopped) return;
    this.options.onState("connecting");
    const socket = new WebSocket(this.options.url());
    this.socket = socket;
    socket.onopen = () => this.hello(socket);
    socket.onmessage = (message) => this.take(JSON.parse(String(message.data)) as Frame);
    socket.onclose = (event) => this.closed(socket, event.code);
    this.listen();
  }

  close(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.socket?.close();
  }

  typing(conversation: string): void {
    this.send({ type: "typing", conversation_id: conversation });
  }

  private hello(socket: WebSocket): void {
    socket.send(JSON.stringify({ type: "hello", ...this.options.hello(), ...this.after() }));
  }

  /**
   * A line may have been cut between two parts of one position: that position is asked for again,
   * and what was had of it is dropped.
   */
  private after(): { after?: number } {
    if (this.position === 0) return {};
    return { after: this.part === WHOLE ? this.position : this.position - 1 };
  }

  private send(frame: Record<string, unknown>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private take(frame: Frame): void {
    if (this.stopped) return;
    this.listen();
    if (frame.type === "ping") this.send({ type: "pong" });
    else if (frame.type === "welcome") this.welcome(frame.position);
    else if (frame.type === "typing") this.options.onTyping(frame.conversation_id, String(frame.author));
    else if (frame.type === "event" && this.isNew(frame)) this.options.onEvent(frame);
  }

  private welcome(position: number): void {
    this.attempt = 0;
    this.options.onState("live");
    if (position < this.position) {
      this.position = 0;
      this.part = -1;
      this.options.onRewound();
    }
    this.options.onWelcome(this.welcomed);
    this.welcomed = true;
  }

  private isNew(frame: EventFrame): boolean {
    const part = frame.part ?? 0;
    if (frame.position < this.position) return false;
    if (frame.position === this.position && part <= this.part) return false;
    this.position = frame.position;
    this.part = part;
    return true;
  }

  private closed(socket: WebSocket, code: number): void {
    if (socket !== this.socket || this.stopped) return;
    clearTimeout(this.silence);
    if (code === NOT_ALLOWED) return this.options.onState("refused");
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempt++);
    const wait = longest * (0.6 + 0.4 * Math.random());
    this.options.onState("lost", Date.now() + wait);
    this.retry = setTimeout(() => this.open(), wait);
  }

  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      const socket = this.socket;
      if (!socket) return;
      // A dead line may never answer a close: count it as gone at once.
      this.closed(socket, 0);
      this.socket = undefined;
      socket.close();
    }, SILENCE_MS);
  }

  private wake = (): void => {
    const idle = this.socket?.readyState === WebSocket.CLOSED || this.socket === undefined;
    if (!document.hidden && idle && !this.stopped) this.open();
  };
}
