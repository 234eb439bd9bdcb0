import { describe, expect, it } from "vitest";
import type { Catalog } from "../api/types";
import { origins, originsInShort } from "./provenance";

type Signal = Catalog["signals"][number];
const of = (signal: string, origin: NonNullable<Signal["origin"]>): Signal => ({
  signal,
  origin,
  shares: { [origin]: 1 },
});
const all = (origin: NonNullable<Signal["origin"]>) =>
  ["users", "times", "latency"].map((signal) => of(signal, origin));
const some: Signal[] = [
  of("users", "observed"),
  of("times", "observed"),
  { signal: "status", origin: "mixed", shares: { unknown: 0.4, observed: 0.6 } },
  of("latency", "simulated"),
  of("cost", "estimated"),
];

describe("Where signals come from", () => {
  it("is one word where it is the same for all", () => {
    expect(origins(all("simulated"))).toBe("all signals simulated");
    expect(originsInShort(all("simulated"))).toBe("all signals simulated");
    expect(originsInShort(all("observed"))).toBe("all signals observed");
    expect(originsInShort(all("unknown"))).toBe("all signals unknown");
  });
  it("names the signals of each origin, and never calls the rest so", () => {
    expect(origins(some)).toBe(
      "observed: users, times; estimated: cost; simulated: latency; status: 60\u202f% observed, 40\u202f% unknown",
    );
    expect(originsInShort(some)).toBe(
      "users, times observed, status mixed, 1 estimated, 1 simulated",
    );
  });
  it("says unknown where a source lacks a signal and nothing was drawn", () => {
    expect(origins([...some, of("feedback", "unknown")])).toContain("; unknown: feedback");
    expect(originsInShort([...some, of("feedback", "unknown")])).toContain(", 1 unknown");
  });
});
