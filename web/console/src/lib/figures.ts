/** The first numbers as people read them: spans of time, shares and counts, told apart by their unit. */
import { stopwatch } from "../../../shared/time";
import { plain } from "./names";

export interface Figure { name: string; value: string }

export function numbers(answer: Record<string, unknown>, prefix = ""): Figure[] {
  return Object.entries(answer).flatMap(([name, value]) => {
    if (typeof value === "number") return [figure(prefix + name, value)];
    return [];
  });
}

function figure(name: string, value: number): Figure {
  const unit = /_(seconds|ms|permille)$/.exec(name)?.[1];
  const bare = plain(unit ? name.slice(0, -unit.length - 1) : name);
  if (unit === "seconds") return { name: bare, value: stopwatch(value * 1_000) };
  if (unit === "ms") return { name: bare, value: stopwatch(value) };
  if (unit === "permille") return { name: bare, value: `${(value / 10).toLocaleString(undefined, { maximumFractionDigits: 1 })} %` };
  return { name: bare, value: value.toLocaleString(undefined, { maximumFractionDigits: 2 }) };
}
