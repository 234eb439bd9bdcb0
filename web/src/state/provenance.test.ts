import { describe, expect, it } from "vitest";
import type { Catalog } from "../api/types";
import { findingsOf, origins, originsInShort, readOf } from "./provenance";

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
      "users, times observed, status in part, 1 estimated, 1 simulated",
    );
  });
  it("says unknown where a source lacks a signal and nothing was drawn", () => {
    expect(origins([...some, of("feedback", "unknown")])).toContain("; unknown: feedback");
    expect(originsInShort([...some, of("feedback", "unknown")])).toContain(", 1 unknown");
  });
  it("calls a signal observed in part only if some of it is observed", () => {
    const drawn: Signal = {
      signal: "cost",
      origin: "mixed",
      shares: { simulated: 0.5, unknown: 0.5 },
    };
    expect(originsInShort([of("users", "observed"), drawn])).toBe("users observed, cost mixed");
  });
});

describe("What was read", () => {
  it("is requests where they are observed, prompts where they are simulated", () => {
    expect(readOf({ behavior: "observed", prompts: 50_000 })).toBe("50,000 requests");
    expect(readOf({ behavior: "simulated", prompts: 1 })).toBe("1 prompt");
    expect(readOf({ behavior: "observed", prompts: 0 })).toBe("");
  });
  it("was odd only where a finding was found", () => {
    const finding = (count: number) => ({ finding: `${count}`, rule: "", count });
    const findings = [finding(0), finding(3)] as ReturnType<typeof findingsOf>;
    expect(findingsOf({ findings })).toEqual([findings[1]]);
  });
});
