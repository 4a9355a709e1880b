/** The line at the top: who is here, who is coming, and how long it takes. */
import { clockTime, range } from "../shared/time";
import type { Conversation } from "../shared/wire";
import { words } from "./words";

export interface Status { face: string; kind: "assistant" | "waiting" | "agent"; title: string; detail: string }

export function status(conversation: Conversation | undefined): Status {
  const agent = conversation?.agent;
  switch (conversation?.state) {
    case "agent":
      return { face: initials(agent?.name), kind: "agent", title: words.withYou(agent?.name ?? "An agent"), detail: agent?.team ? words.team(agent.team) : "" };
    case "waiting":
    case "offered":
      return { face: "", kind: "waiting", ...coming(conversation) };
    case "resolved":
      return { face: initials(agent?.name), kind: agent ? "agent" : "assistant", title: words.resolved, detail: "" };
    default:
      return { face: "", kind: "assistant", title: words.assistantHere, detail: "" };
  }
}

function coming({ handoff }: Conversation): { title: string; detail: string } {
  if (handoff?.state === "callback") return { title: words.callback, detail: "" };
  const parts = [
    handoff?.position ? words.place(handoff.position) : "",
    handoff?.wait ? words.wait(range(handoff.wait.low_seconds, handoff.wait.high_seconds)) : "",
    handoff?.promise && !handoff.wait ? words.until(clockTime(handoff.promise.until_at)) : "",
  ];
  const team = handoff?.team;
  const nobody = team && !handoff.wait && !handoff.promise;
  if (nobody) return { title: words.nobodyHere(team), detail: "" };
  return { title: team ? words.coming(team) : words.comingAny, detail: parts.filter(Boolean).join(", ") };
}

function initials(name = ""): string {
  return name.split(/\s+/).slice(0, 2).map((word) => word.charAt(0)).join("").toUpperCase();
}
