/** The first numbers as people read them. What is missing, or has never happened yet, is left out. */
import { stopwatch } from "../../../shared/time";

export interface Figure { name: string; value: string }

type Part = Record<string, unknown>;

export function numbers(answer: Part): Figure[] {
  const told = (answer["tally"] ?? answer) as Part;
  return [
    count("Conversations", told["conversations"]),
    count("Handed off", told["handed_off"]),
    share("Share handed off", told["handoff_rate_permille"] ?? rate(told["handed_off"], told["conversations"])),
    time("To an agent, on average", told["to_agent"]),
    time("To a first reply", told["to_first_reply"]),
    time("Handling, on average", told["handling"]),
    promises(told["promises"]),
    ratings("Rated 4 or 5, with an agent", told["csat_with_agent"]),
    ratings("Rated 4 or 5, assistant alone", told["csat_assistant_only"]),
  ].filter((figure): figure is Figure => figure !== undefined);
}

function count(name: string, value: unknown): Figure | undefined {
  return typeof value === "number" ? { name, value: value.toLocaleString() } : undefined;
}

function rate(part: unknown, whole: unknown): number | undefined {
  return typeof part === "number" && typeof whole === "number" && whole > 0 ? (1_000 * part) / whole : undefined;
}

function share(name: string, permille: unknown): Figure | undefined {
  return typeof permille === "number" ? { name, value: `${Math.round(permille / 10)} %` } : undefined;
}

function time(name: string, value: unknown): Figure | undefined {
  const told = (value ?? {}) as { count?: number; total_seconds?: number; mean_seconds?: number };
  const mean = told.mean_seconds ?? (told.count ? (told.total_seconds ?? 0) / told.count : undefined);
  return mean === undefined || mean === null ? undefined : { name, value: stopwatch(mean * 1_000) };
}

function promises(value: unknown): Figure | undefined {
  const ends = (value ?? {}) as Record<string, number>;
  const all = Object.values(ends).filter((number) => typeof number === "number").reduce((sum, number) => sum + number, 0);
  return all ? { name: "Promises kept or renewed in time", value: `${all - (ends["broken"] ?? 0)} of ${all}` } : undefined;
}

function ratings(name: string, value: unknown): Figure | undefined {
  const told = (value ?? {}) as { count?: number; good?: number };
  return told.count ? { name, value: `${told.good ?? 0} of ${told.count}` } : undefined;
}
