/** Three doors: pick who you are, and the right page opens. */
import { call } from "../shared/post";
import { otherTheme, setTheme } from "../shared/themes";

interface Cast {
  company: string | { name: string };
  agents: { id: string; name: string; team?: string; skills: Record<string, number> }[];
}

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T | null;

byId("theme")?.addEventListener("click", () => setTheme(otherTheme()));
byId("lead")?.addEventListener("click", () => void enter("/demo/lead", {}, "/console/#/board"));

void call<Cast>("/demo/cast", { attempts: 3 }).then(show, () => {
  const note = byId("no-agents");
  if (note) note.hidden = false;
});

function show({ company, agents }: Cast): void {
  const name = byId("company");
  if (name) name.textContent = typeof company === "string" ? company : company.name;
  byId("agents")?.replaceChildren(...agents.map(door));
}

function door(agent: Cast["agents"][number]): HTMLLIElement {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const name = document.createElement("strong");
  const about = document.createElement("span");
  const skills = Object.keys(agent.skills).map((skill) => skill.replaceAll("_", " "));
  button.dataset["test"] = "demo-agent";
  button.dataset["agent"] = agent.id;
  name.textContent = agent.name;
  about.textContent = skills.join(", ");
  button.append(name, about);
  button.addEventListener("click", () => void enter("/demo/agent", { agent_id: agent.id }, "/console/#/desk"));
  item.append(button);
  return item;
}

async function enter(path: string, body: unknown, page: string): Promise<void> {
  await call(path, { body });
  location.assign(page);
}
