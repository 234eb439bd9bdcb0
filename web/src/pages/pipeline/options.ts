// The form for the options of a run as a request to the server.

import type { RunRequest } from "../../api/types";

export interface RunForm {
  source: string;
  prompts: string;
  users: string;
  seed: string;
  month: string;
  behavior: string;
  select: string;
  full: boolean;
}

const kMaxPrompts = 2_000_000_000;
const kMaxUsers = 100_000_000;

function parseWhole(text: string, name: string, min: number, max: number): number | string {
  // Accepts 10,000 and 10 000.
  const digits = text.replace(/[\s,_]/g, "");
  const value = Number(digits);
  if (!/^\d+$/.test(digits) || value < min || value > max)
    return `${name} is a whole number from ${min.toLocaleString("en-GB")} to ${max.toLocaleString("en-GB")}.`;
  return value;
}

/** The request, or why the form is invalid. It omits empty fields: the server uses the options of the
 *  last run. */
export function requestOf(form: RunForm): { request: RunRequest } | { error: string } {
  const request: RunRequest = {};
  const numbers = [
    ["prompts", "Prompts", 1, kMaxPrompts],
    ["users", "Users", 1, kMaxUsers],
    ["seed", "Seed", 0, Number.MAX_SAFE_INTEGER],
  ] as const;
  for (const [key, name, min, max] of numbers) {
    if (form[key].trim() === "") continue;
    const value = parseWhole(form[key], name, min, max);
    if (typeof value === "string") return { error: value };
    request[key] = value;
  }
  const month = form.month.trim();
  if (month !== "") {
    if (!/^\d{4}-(0[1-9]|1[0-2])(\.\.\d{4}-(0[1-9]|1[0-2]))?$/.test(month))
      return { error: "A month is written 2025-12, several are 2025-10..2025-12." };
    request.month = month;
  }
  if (form.source.trim() !== "") request.source = form.source.trim();
  if (form.behavior === "simulated" || form.behavior === "observed")
    request.behavior = form.behavior;
  const select = form.select.split(/[\s,]+/).filter(Boolean);
  if (select.length > 0) request.select = select;
  if (form.full) request.full_refresh = true;
  return { request };
}
