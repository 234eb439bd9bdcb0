// Provenance in words: the signals that the source had, and those that were simulated.

import type { Catalog } from "../api/types";

type Signal = Catalog["signals"][number];

/** The names of the signals of an origin: "users, times"; "" if there are none. */
export function signalNames(signals: readonly Signal[], origin: Signal["origin"]): string {
  return signals
    .filter((signal) => signal.origin === origin)
    .map((signal) => signal.signal)
    .join(", ");
}

/** All origins in one line: "observed: users, times; in part: status; simulated: latency, cost". */
export function origins(signals: readonly Signal[]): string {
  const parts = [
    ["observed", signalNames(signals, "observed")],
    ["in part observed", signalNames(signals, "mixed")],
    ["simulated", signalNames(signals, "simulated")],
    ["unknown", signalNames(signals, "unknown")],
  ].filter(([, names]) => names !== "");
  if (parts.length === 1) return `all signals ${parts[0]![0]}`;
  return parts.map(([how, names]) => `${how}: ${names}`).join("; ");
}

/** Shorter: "users, times observed, status in part, 7 simulated". */
export function originsInShort(signals: readonly Signal[]): string {
  const count = (origin: Signal["origin"]) =>
    signals.filter((signal) => signal.origin === origin).length;
  const observed = count("observed");
  const mixed = count("mixed");
  if (observed === 0 && mixed === 0) return origins(signals);
  if (observed === signals.length) return origins(signals);
  const seen = signalNames(signals, "observed") || "no signal";
  const rest = signals.length - observed - mixed;
  return (
    `${seen} observed` +
    (mixed > 0 ? `, ${signalNames(signals, "mixed")} in part` : "") +
    (rest > 0 ? `, ${rest} simulated` : "")
  );
}
