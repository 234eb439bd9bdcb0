// Provenance in words: where each signal comes from.

import type { Catalog, Provenance } from "../api/types";
import { count, percent } from "../format/numbers";

type Signal = Catalog["signals"][number];
const kOrigins = ["observed", "estimated", "simulated", "unknown"] as const;

/** The names of the signals of an origin: "users, times"; "" if there are none. */
export function signalNames(signals: readonly Signal[], origin: Signal["origin"]): string {
  return signals
    .filter((signal) => signal.origin === origin)
    .map((signal) => signal.signal)
    .join(", ");
}

/** The shares of a signal of several origins: "60 % observed, 40 % unknown". */
export function sharesText(signal: Signal): string {
  return Object.entries(signal.shares)
    .sort((a, b) => b[1] - a[1])
    .map(([origin, share]) => `${percent(share, 0)} ${origin}`)
    .join(", ");
}

/** All origins in one line: "observed: users, times; simulated: latency; status: 60 % observed, 40 %
 *  unknown". */
export function origins(signals: readonly Signal[]): string {
  const parts = kOrigins
    .map((origin) => [origin, signalNames(signals, origin)] as const)
    .filter(([, names]) => names !== "");
  const mixed = signals.filter((signal) => signal.origin === "mixed");
  if (parts.length === 1 && mixed.length === 0) return `all signals ${parts[0]![0]}`;
  return [
    ...parts.map(([origin, names]) => `${origin}: ${names}`),
    ...mixed.map((signal) => `${signal.signal}: ${sharesText(signal)}`),
  ].join("; ");
}

/** "status in part", of signals that are observed of some rows; "latency mixed", of others. */
function mixedInShort(signals: readonly Signal[]): string[] {
  const mixed = signals.filter((signal) => signal.origin === "mixed");
  const names = (list: readonly Signal[]) => list.map((signal) => signal.signal).join(", ");
  const inPart = mixed.filter((signal) => "observed" in signal.shares);
  const others = mixed.filter((signal) => !("observed" in signal.shares));
  return [
    ...(inPart.length > 0 ? [`${names(inPart)} in part`] : []),
    ...(others.length > 0 ? [`${names(others)} mixed`] : []),
  ];
}

/** What was read of the source: "50,000 requests", or prompts where the requests are simulated; "" if
 *  that is not on record. */
export function readOf(provenance: Pick<Provenance, "behavior" | "prompts">): string {
  if (provenance.prompts === 0) return "";
  return count(provenance.prompts, provenance.behavior === "observed" ? "request" : "prompt");
}

/** What was odd in the source: the findings that were found at all. */
export function findingsOf(provenance: Pick<Provenance, "findings">): Provenance["findings"] {
  return provenance.findings.filter((finding) => finding.count > 0);
}

/** Shorter: "users, times observed, status in part, 7 simulated". */
export function originsInShort(signals: readonly Signal[]): string {
  const count = (origin: Signal["origin"]) =>
    signals.filter((signal) => signal.origin === origin).length;
  const all = kOrigins.find((origin) => count(origin) === signals.length);
  if (all) return origins(signals);
  return [
    ...[`${signalNames(signals, "observed") || "no signal"} observed`],
    ...mixedInShort(signals),
    ...kOrigins
      .slice(1)
      .filter((origin) => count(origin) > 0)
      .map((origin) => `${count(origin)} ${origin}`),
  ].join(", ");
}
