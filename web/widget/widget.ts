/**
 * The chat on a team's own page: one script tag, one element, nothing else touched.
 *
 *     <script src="https://desk.example/widget.js" data-segue async></script>
 *
 * `data-segue` names the server where it is not the script's own, `data-customer-token` who writes,
 * `data-title` and `data-accent` how it looks, `data-theme` light or dark; without it the page decides.
 * A page may set `customer-token` on the element later; when a token is refused it hears `segue-expired`.
 */
import { h, icon, icons } from "./dom";
import { status } from "./status";
import { sheets } from "./styles";
import { Talk } from "./talk";
import { place, rows, type Acts, type Rows } from "./view";
import { words } from "./words";

const script = document.currentScript as HTMLScriptElement | null;
const TYPING_PAUSE_MS = 2_500;
const WHOLE_SCREEN = "(max-width: 480px)";

class SegueChat extends HTMLElement {
  static observedAttributes = ["customer-token"];
  private talk!: Talk;
  private drawn: Rows = new Map();
  private asksNumber = false;
  private toldTypingAt = 0;
  private readonly title_ = h("h2", { id: "title" });
  private readonly face = h("div", { class: "face", "aria-hidden": "true" });
  private readonly state = h("p", { class: "status", role: "status", "data-test": "status" });
  private readonly log = h("div", { class: "log", role: "log", tabindex: "0", "aria-live": "polite", "aria-relevant": "additions", "aria-labelledby": "title" });
  private readonly typing = h("p", { class: "typing", "data-test": "typing" });
  private readonly input = h("textarea", { class: "input", rows: "1", maxlength: "16000", placeholder: words.write, "aria-label": words.write, "data-test": "input" });
  private readonly send = h("button", { class: "send", "aria-label": words.send, disabled: true, "data-test": "send" }, icon(icons.send));
  private readonly person = h("button", { class: "link ask", type: "button", "data-test": "ask-person" }, words.person);
  private readonly finish = h("button", { class: "link", type: "button", "data-test": "end-chat" }, words.end);
  private readonly links = h("div", { class: "links" }, this.person, this.finish);
  private readonly badge = h("span", { class: "badge", hidden: true });
  private readonly launcher = h("button", { class: "launcher", "aria-label": words.open, "aria-expanded": "false", "data-test": "launcher" }, icon(icons.chat, 26), this.badge);
  private readonly form = h("form", { class: "box" }, this.input, this.send);
  private readonly panel = h("section", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true, "data-test": "panel" },
    h("div", { class: "top" }, this.face, h("div", { class: "who" }, this.title_, this.state),
      h("button", { class: "x", "aria-label": words.close, "data-test": "close", click: () => this.toggle(false) }, icon(icons.close))),
    this.log,
    h("div", { class: "foot" }, this.form, this.links));

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = sheets(this.getAttribute("accent") ?? script?.dataset["accent"] ?? null);
    root.append(this.panel, this.launcher);
    this.listen();
  }

  connectedCallback(): void {
    this.title_.textContent = this.getAttribute("title-text") ?? script?.dataset["title"] ?? words.open;
    const dir = this.closest("[dir]")?.getAttribute("dir");
    if (dir && !this.hasAttribute("dir")) this.setAttribute("dir", dir);
    this.follow();
    this.start();
  }

  /** Dark only where the page itself can be dark. */
  private follow(): void {
    const scheme = getComputedStyle(document.documentElement).colorScheme;
    const wanted = script?.dataset["theme"] ?? (scheme.includes("dark") ? (scheme.includes("light") ? "" : "dark") : "light");
    if (wanted && !this.hasAttribute("theme")) this.setAttribute("theme", wanted);
  }

  disconnectedCallback(): void {
    this.talk.close();
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (this.isConnected && before !== now) this.start();
  }

  private start(): void {
    this.talk?.close();
    this.log.replaceChildren();
    this.drawn = new Map();
    const server = this.getAttribute("server") ?? script?.dataset["segue"] ?? "";
    const origin = server || (script ? new URL(script.src).origin : location.origin);
    const token = this.getAttribute("customer-token") ?? script?.dataset["customerToken"] ?? null;
    this.talk = new Talk(origin.replace(/\/$/, ""), token, () => this.draw(), () => this.dispatchEvent(new Event("segue-expired", { bubbles: true })));
    const talk = this.talk;
    this.draw();
    void talk.resume().then(() => (this.isOpen ? talk.begin() : undefined)).then(() => this.draw());
  }

  private listen(): void {
    this.launcher.addEventListener("click", () => this.toggle(!this.isOpen));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event);
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.toggle(false);
      if (event.key === "Tab" && matchMedia(WHOLE_SCREEN).matches) this.keepFocus(event);
    });
    this.person.addEventListener("click", () => this.act(() => this.talk.askForPerson(words.asked)));
    this.finish.addEventListener("click", () => this.act(() => this.talk.end()));
  }

  private get isOpen(): boolean {
    return !this.panel.hidden;
  }

  private toggle(open: boolean): void {
    this.panel.hidden = !open;
    this.launcher.setAttribute("aria-expanded", String(open));
    this.launcher.setAttribute("aria-label", open ? words.close : words.open);
    if (!open) return this.launcher.focus();
    this.act(() => this.talk.begin());
    this.input.focus();
    this.draw();
    this.toEnd();
  }

  /** Where the chat covers the screen, Tab stays within it. */
  private keepFocus(event: KeyboardEvent): void {
    const all = [...this.panel.querySelectorAll<HTMLElement>("button,input,textarea,[tabindex]")].filter((element) => element.offsetParent && !element.matches(":disabled"));
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (this.shadowRoot?.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  }

  private submit(event: Event): void {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    if (this.talk.conversation?.state === "resolved") this.talk.restart();
    this.input.value = "";
    this.typed();
    void this.talk.say(text);
    this.toEnd();
  }

  private typed(): void {
    this.send.disabled = !this.input.value.trim();
    this.input.rows = Math.min(5, this.input.value.split("\n").length + Math.floor(this.input.value.length / 46));
    if (!this.input.value || Date.now() - this.toldTypingAt < TYPING_PAUSE_MS) return;
    this.toldTypingAt = Date.now();
    this.talk.typing();
  }

  private acts: Acts = {
    choose: (choice) => {
      this.asksNumber = choice === "callback";
      if (choice === "callback") this.draw();
      else this.act(() => this.talk.choose(choice));
      if (choice === "message") this.input.focus();
    },
    callBack: (phone, email) => {
      this.asksNumber = false;
      this.act(() => this.talk.choose("callback", { ...(phone ? { phone } : {}), ...(email ? { email } : {}) }));
    },
    dropCallBack: () => {
      this.asksNumber = false;
      this.draw();
    },
    rate: (score, comment) => this.act(() => this.talk.rate(score, comment)),
    again: () => {
      this.talk.restart();
      this.input.focus();
    },
  };

  /** Does something and says plainly when it was refused. */
  private act(what: () => Promise<void>): void {
    what().then(() => this.draw(), (error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      this.log.insertBefore(h("p", { class: "n", role: "alert" }, text), this.typing);
      this.toEnd();
    });
  }

  private draw(): void {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 90;
    this.drawn = place(this.log, this.drawn, rows(this.talk, this.asksNumber, this.acts));
    if (this.log.lastChild !== this.typing) this.log.append(this.typing);
    this.drawStatus();
    this.drawLinks();
    if (this.isOpen && !document.hidden) this.talk.unread = 0;
    this.badge.hidden = this.talk.unread === 0;
    this.badge.textContent = String(this.talk.unread || "");
    if (atEnd) this.toEnd();
  }

  private drawStatus(): void {
    this.state.dataset["state"] = this.talk.conversation?.state ?? "none";
    const { face, kind, title, detail } = status(this.talk.conversation);
    const key = [face, kind, title, detail, this.talk.connected].join("|");
    if (this.state.dataset["key"] === key) return this.drawTyping();
    this.state.dataset["key"] = key;
    this.face.className = `face ${kind}`;
    this.face.replaceChildren(face || icon(kind === "waiting" ? icons.slur : icons.chat));
    const second = this.talk.connected ? detail : words.lost;
    this.state.replaceChildren(h("b", {}, title), h("span", { class: this.talk.connected ? "" : "lost" }, second));
    this.drawTyping();
  }

  private drawTyping(): void {
    const who = this.talk.conversation?.state === "agent" ? (this.talk.conversation.agent?.name ?? words.assistant) : words.assistant;
    const text = this.talk.typist ? words.typing(who) : "";
    if (this.typing.textContent !== text) this.typing.textContent = text;
  }

  private drawLinks(): void {
    const state = this.talk.conversation?.state;
    this.person.hidden = state !== undefined && state !== "assistant";
    this.finish.hidden = state === undefined || state === "resolved";
    this.links.hidden = this.person.hidden && this.finish.hidden;
  }

  private toEnd(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }
}

function embed(): void {
  if (!customElements.get("segue-chat")) customElements.define("segue-chat", SegueChat);
  if (script && "segue" in script.dataset && !document.querySelector("segue-chat")) {
    document.body.append(document.createElement("segue-chat"));
  }
}

if (document.body) embed();
else addEventListener("DOMContentLoaded", embed);
