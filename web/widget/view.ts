/** Draws the log: messages, notices, choices and the forms at its end. */
import type { Choice, Message } from "../shared/wire";
import { h } from "./dom";
import type { Talk } from "./talk";
import { choices, words } from "./words";

export interface Acts {
  choose: (choice: Choice) => void;
  callBack: (phone: string, email: string) => void;
  dropCallBack: () => void;
  rate: (score: number, comment: string) => void;
  again: () => void;
}

/** One element for each thing of the log, by a key that lasts, so that a redraw moves nothing. */
export type Rows = Map<string, HTMLElement>;

export function rows(talk: Talk, asksNumber: boolean, acts: Acts): Rows {
  const drawn: Rows = new Map();
  drawn.set("hello", bubble("assistant", words.hello));
  let voice = "assistant:";
  for (const message of talk.messages) {
    const speaker = `${message.author}:${message.agent?.id ?? ""}`;
    if (speaker !== voice && message.author !== "notice") drawn.set(`by-${message.id}`, by(message));
    voice = speaker;
    drawn.set(message.id, said(message));
  }
  for (const outgoing of talk.outbox) {
    drawn.set(outgoing.key, bubble("customer sending", outgoing.text));
    if (outgoing.refused) drawn.set(`${outgoing.key}-no`, h("p", { class: "refused", role: "alert" }, outgoing.refused));
  }
  ending(drawn, talk, asksNumber, acts);
  return drawn;
}

function ending(drawn: Rows, talk: Talk, asksNumber: boolean, acts: Acts): void {
  const open = talk.conversation?.choices ?? [];
  if (asksNumber) drawn.set("callback", callbackForm(acts));
  else if (open.length) drawn.set(`choices-${open.join()}`, choiceRow(open, acts));
  if (talk.conversation?.state !== "resolved") return;
  if (talk.rated) drawn.set("thanks", h("p", { class: "n" }, words.thanks));
  else drawn.set("rating", ratingForm(acts));
  drawn.set("again", h("div", { class: "choices" }, h("button", { class: "choice", "data-test": "again", click: acts.again }, words.again)));
}

function by(message: Message): HTMLElement {
  const name = message.author === "customer" ? words.you : message.author === "assistant" ? words.assistant : (message.agent?.name ?? "");
  return h("p", { class: `by ${message.author}` }, name);
}

function said(message: Message): HTMLElement {
  if (message.author === "notice") return h("p", { class: "n", "data-test": "notice", "data-message": message.id }, message.text);
  const element = bubble(message.author, message.text);
  element.dataset["message"] = message.id;
  const sources = message.assistant?.sources ?? [];
  if (sources.length === 0) return element;
  return h("div", { class: "with" }, element, h("p", { class: "src" }, `${words.from} ${sources.map((source) => source.title).join(", ")}`));
}

function bubble(voice: string, text: string): HTMLElement {
  return h("p", { class: `m ${voice}`, dir: "auto", "data-test": "message", "data-author": voice.split(" ")[0] ?? "" }, text);
}

function choiceRow(open: Choice[], acts: Acts): HTMLElement {
  const buttons = open.map((choice) =>
    h("button", { class: "choice", "data-test": `choice-${choice}`, click: () => acts.choose(choice) }, choices[choice]),
  );
  return h("div", { class: "choices", role: "group" }, ...buttons);
}

function callbackForm(acts: Acts): HTMLElement {
  const phone = h("input", { type: "tel", autocomplete: "tel", "data-test": "callback-phone" });
  const email = h("input", { type: "email", autocomplete: "email", "data-test": "callback-email" });
  const send = (event: Event) => {
    event.preventDefault();
    if (phone.value.trim() || email.value.trim()) acts.callBack(phone.value.trim(), email.value.trim());
    else phone.focus();
  };
  return h("form", { class: "card", submit: send },
    h("p", {}, words.when),
    h("label", {}, words.phone, phone),
    h("label", {}, words.email, email),
    h("div", { class: "row" },
      h("button", { type: "button", class: "link", click: acts.dropCallBack }, words.cancel),
      h("button", { class: "go", "data-test": "callback-send" }, words.callMe)));
}

function ratingForm(acts: Acts): HTMLElement {
  const send = h("button", { class: "go", disabled: true, "data-test": "rating-send" }, words.rateSend);
  const comment = h("textarea", { rows: "2", "data-test": "rating-comment" });
  let score = 0;
  const radios = [1, 2, 3, 4, 5].map((value) => {
    const pick = () => {
      score = value;
      send.disabled = false;
    };
    const input = h("input", { type: "radio", name: "score", value: String(value), change: pick, "data-test": `rating-${value}` });
    return h("label", {}, input, String(value), h("span", { class: "unseen" }, value === 1 ? words.poor : value === 5 ? words.great : ""));
  });
  const submit = (event: Event) => {
    event.preventDefault();
    if (score) acts.rate(score, comment.value.trim());
  };
  return h("form", { class: "card", "data-test": "rating", submit },
    h("fieldset", {}, h("legend", {}, words.rate), h("div", { class: "stars" }, ...radios),
      h("div", { class: "ends", "aria-hidden": "true" }, h("span", {}, words.poor), h("span", {}, words.great))),
    h("label", {}, words.comment, comment),
    h("div", { class: "row" }, send));
}

/** Puts the rows in order and leaves what is there already untouched. */
export function place(list: HTMLElement, before: Rows, now: Rows): Rows {
  const kept: Rows = new Map();
  let at: ChildNode | null = list.firstChild;
  for (const [key, fresh] of now) {
    const element = before.get(key) ?? fresh;
    kept.set(key, element);
    if (element === at) at = at.nextSibling;
    else list.insertBefore(element, at);
  }
  for (const [key, element] of before) if (!kept.has(key)) element.remove();
  return kept;
}
