/** The API's reference, drawn from /api/openapi.json in the reader's own browser. */
import { call } from "../shared/post";
import { otherTheme, setTheme } from "../shared/themes";
import { h } from "../widget/dom";
import { exampleOf, follow, nameOf, typeOf, type Document, type Operation, type Parameter, type Schema } from "./schema";

const VERBS = ["get", "post", "put", "patch", "delete"];

interface Entry { id: string; verb: string; path: string; tag: string; operation: Operation; text: string }

const contents = document.getElementById("contents") as HTMLElement;
const reference = document.getElementById("reference") as HTMLElement;
const search = document.getElementById("search") as HTMLInputElement;

document.getElementById("theme")?.addEventListener("click", () => setTheme(otherTheme()));
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === search) return;
  event.preventDefault();
  search.focus();
});

void call<Document>("/api/openapi.json", { attempts: 4 }).then(draw, (error: Error) => {
  reference.replaceChildren(h("p", { role: "alert" }, `The document cannot be read: ${error.message}`));
});

function draw(api: Document): void {
  const entries = entriesOf(api);
  const groups = grouped(entries);
  reference.replaceChildren(
    h("h1", {}, api.info.title, " ", h("small", { class: "quiet" }, api.info.version)),
    ...paragraphs(api.info.description),
    ...[...groups].map(([tag, members]) => section(api, tag, members)),
  );
  contents.replaceChildren(...[...groups].map(([tag, members]) => chapter(tag, members)));
  search.addEventListener("input", () => filter(entries));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function entriesOf(api: Document): Entry[] {
  return Object.entries(api.paths).flatMap(([path, verbs]) =>
    VERBS.filter((verb) => verbs[verb]).map((verb) => {
      const operation = verbs[verb] as Operation;
      const id = operation.operationId ?? `${verb}${path.replace(/\W+/g, "-")}`;
      const text = `${verb} ${path} ${operation.summary ?? ""} ${operation.description ?? ""}`.toLowerCase();
      return { id, verb, path, tag: operation.tags?.[0] ?? "other", operation, text };
    }),
  );
}

function grouped(entries: Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.tag, [...(groups.get(entry.tag) ?? []), entry]);
  return groups;
}

function chapter(tag: string, members: Entry[]): HTMLElement {
  const links = members.map((entry) =>
    h("li", { "data-for": entry.id }, h("a", { href: `#${entry.id}` }, h("span", { class: `verb ${entry.verb}` }, entry.verb), h("span", {}, short(entry.path)))),
  );
  return h("div", { class: "chapter" }, h("h2", {}, title(tag)), h("ul", {}, ...links));
}

function section(api: Document, tag: string, members: Entry[]): HTMLElement {
  const about = api.tags?.find(({ name }) => name === tag)?.description;
  return h("section", { class: "tag" }, h("h2", {}, title(tag)), ...paragraphs(about), ...members.map((entry) => article(api, entry)));
}

function article(api: Document, entry: Entry): HTMLElement {
  const { operation } = entry;
  const body = operation.requestBody?.content?.["application/json"];
  return h("article", { id: entry.id },
    h("header", {},
      h("h3", {}, (operation.summary ?? operation.operationId ?? entry.path).replace(/\.$/, "")),
      h("p", { class: "line" }, h("span", { class: `verb ${entry.verb}` }, entry.verb), h("code", {}, entry.path))),
    h("div", { class: "told" },
      ...paragraphs(operation.description),
      ...parameters(api, operation.parameters ?? []),
      ...(body ? [h("h4", {}, "Body"), schema(api, body.schema)] : []),
      h("h4", {}, "Answers"),
      h("div", { class: "answers" }, ...Object.entries(operation.responses ?? {}).map(([status, answer]) =>
        answerOf(api, status, answer.description, Object.values(answer.content ?? {})[0]?.schema)))),
    h("pre", { tabindex: "0", "aria-label": "Example" }, curl(api, entry)));
}

function answerOf(api: Document, status: string, description: string | undefined, content: Schema | undefined): HTMLElement {
  const head = [h("code", { class: Number(status) < 300 ? "fine" : "refused" }, status), " ", ...inline(description ?? ""), " ", content ? h("span", { class: "type" }, typeOf(content)) : ""];
  if (!content) return h("p", {}, ...head);
  return h("details", {}, h("summary", {}, ...head), schema(api, content));
}

function parameters(api: Document, list: Parameter[]): HTMLElement[] {
  if (list.length === 0) return [];
  const whole = list.map((parameter) => {
    const name = parameter.$ref?.split("/").pop();
    return (name && api.components?.parameters?.[name]) || parameter;
  });
  return [h("h4", {}, "Parameters"), h("dl", {}, ...whole.map((parameter) =>
    field(parameter.name, `${typeOf(parameter.schema)}, ${parameter.in}`, parameter.required ?? false, parameter.description)))];
}

function schema(api: Document, given: Schema | undefined, seen: string[] = []): HTMLElement {
  if (!given) return h("p", { class: "quiet" }, "nothing");
  const name = nameOf(given);
  const whole = follow(api, given);
  const inner = whole.type === "array" && whole.items ? whole.items : undefined;
  if (inner) return schema(api, inner, seen);
  const merged = merge(api, whole);
  const rows = Object.entries(merged.properties ?? {}).map(([key, value]) =>
    nested(api, key, value, (merged.required ?? []).includes(key), name ? [...seen, name] : seen));
  if (rows.length === 0) return h("p", { class: "type" }, typeOf(whole), whole.description ? `: ${whole.description}` : "");
  return h("dl", {}, ...rows);
}

/** `allOf` laid flat; of alternatives every property is named. */
function merge(api: Document, given: Schema): Schema {
  const parts = [...(given.allOf ?? []), ...(given.oneOf ?? []), ...(given.anyOf ?? [])].map((part) => merge(api, follow(api, part)));
  const properties = Object.assign({}, given.properties, ...parts.map((part) => part.properties));
  const required = [...(given.required ?? []), ...(given.allOf ? parts.flatMap((part) => part.required ?? []) : [])];
  return { ...given, properties, required };
}

function nested(api: Document, key: string, value: Schema, required: boolean, seen: string[]): HTMLElement {
  const target = value.items ?? value.oneOf?.find((part) => part.$ref) ?? value.anyOf?.find((part) => part.$ref) ?? value;
  const name = nameOf(target);
  const row = field(key, typeOf(value), required, value.description ?? follow(api, target).description);
  const deeper = name ? follow(api, target).properties : target.properties;
  if (!deeper || (name && seen.includes(name)) || seen.length > 3) return row;
  row.append(h("dd", {}, h("details", {}, h("summary", {}, `What ${name ?? key} holds`), schema(api, target, seen))));
  return row;
}

function field(name: string, type: string, required: boolean, about: string | undefined): HTMLElement {
  return h("div", {}, h("dt", {}, h("code", {}, name), h("span", { class: "type" }, type), required ? h("span", { class: "must" }, "required") : ""), h("dd", {}, ...inline(about ?? "")));
}

function curl(api: Document, { verb, path, operation }: Entry): string {
  const body = operation.requestBody?.content?.["application/json"];
  // curl posts by itself when it is given JSON.
  const method = verb === "get" || (verb === "post" && body) ? "" : `-X ${verb.toUpperCase()} `;
  const lines = [`curl ${method}${location.origin}${path}`, `-H "Authorization: Bearer $TOKEN"`];
  if (verb === "post") lines.push(`-H "Idempotency-Key: $(uuidgen)"`);
  if (body) lines.push(`--json '${JSON.stringify(body.example ?? exampleOf(api, body.schema), null, 2)}'`);
  return lines.join(" \\\n  ");
}

function paragraphs(text: string | undefined): HTMLElement[] {
  return (text ?? "").split(/\n\s*\n/).filter(Boolean).map((part) => h("p", {}, ...inline(part.replaceAll("\n", " "))));
}

/** Backticks become code; nothing else is markup. */
function inline(text: string): (HTMLElement | string)[] {
  return text.split("`").map((part, at) => (at % 2 ? h("code", {}, part) : part));
}

function filter(entries: Entry[]): void {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of entries) {
    const hide = !wanted.every((word) => entry.text.includes(word));
    document.getElementById(entry.id)?.toggleAttribute("hidden", hide);
    contents.querySelector(`[data-for="${CSS.escape(entry.id)}"]`)?.toggleAttribute("hidden", hide);
  }
  for (const group of document.querySelectorAll<HTMLElement>(".chapter, .tag")) {
    group.hidden = ![...group.querySelectorAll("li, article")].some((member) => !member.hasAttribute("hidden"));
  }
}

function short(path: string): string {
  return path.replace(/^\/api\/v1/, "") || path;
}

function title(tag: string): string {
  return tag.charAt(0).toUpperCase() + tag.slice(1).replaceAll("_", " ");
}
