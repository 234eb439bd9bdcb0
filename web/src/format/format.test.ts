import { describe, expect, test } from "vitest";
import { edgeText, tickText, write } from "./measures";
import { cellText, fileName, toCsv } from "./table";
import { diffWords, likeness } from "./words";

test("ticks have the digits that tell them apart, no more", () => {
  expect(tickText(0.95, "share", 0.01)).toBe("95\u202f%");
  expect(tickText(0.955, "share", 0.005)).toBe("95.5\u202f%");
  expect(tickText(25, "points", 1)).toBe("25");
  expect(tickText(24.5, "points", 0.5)).toBe("24.5");
  expect(tickText(0.265, "money_small", 0.005)).toBe("0.265");
  expect(edgeText(0.30000000000000004, "money")).toBe("0.3");
  expect(write(0.26571, "money_small")).toBe("0.2657");
});

describe("a table as a file", () => {
  test("quotes what would be read as something else, and keeps all digits", () => {
    const csv = toCsv({
      columns: [{ label: "name" }, { label: 'a "b"' }],
      rows: [
        ["x,y", 0.1234567890123],
        ["two\nlines", null],
      ],
    });
    expect(csv).toBe('name,"a ""b"""\r\n"x,y",0.1234567890123\r\n"two\nlines",\r\n');
  });

  test("has no text that a spreadsheet would take for a formula, and all of its numbers", () => {
    const lines = (...cells: (string | number | null)[]) =>
      toCsv({ columns: [{ label: "=a" }], rows: cells.map((cell) => [cell]) })
        .trim()
        .split("\r\n");
    expect(lines("=1+1", "+x", "-x", "@sum", "\tx", "a=b", -1.5, "-9.5000", "+1e-3", "-")).toEqual([
      "'=a",
      "'=1+1",
      "'+x",
      "'-x",
      "'@sum",
      "'\tx",
      "a=b",
      "-1.5",
      "-9.5000",
      "+1e-3",
      "'-",
    ]);
    expect(lines("\r=1")).toEqual(["'=a", '"\'\r=1"']);
  });

  test("is shown in the column's format", () => {
    expect(cellText(0.941, { label: "", format: "share" })).toBe("94.1\u202f%");
    expect(cellText(null, { label: "" })).toBe("–");
    expect(cellText(false, { label: "" })).toBe("false");
    expect(cellText("x".repeat(22_500), { label: "" })).toHaveLength(301);
    expect(cellText("a\u202eb", { label: "" })).toBe("a⟨U+202E⟩b");
  });

  test("has a name that any file system takes", () => {
    expect(fileName("Friction by day, mean over sessions")).toBe(
      "friction-by-day-mean-over-sessions",
    );
    expect(fileName("Friction by day", "2025-12-01", "tier: free", "")).toBe(
      "friction-by-day_2025-12-01_tier-free",
    );
    expect(fileName("…")).toBe("table");
    expect(fileName("a/../b", "x".repeat(500)).length).toBeLessThanOrEqual(160);
  });
});

describe("a prompt against the one before", () => {
  const kinds = (before: string, now: string) =>
    diffWords(before, now).map((word) => `${word.kind[0]}:${word.text}`);

  test("marks the words that came and went, in order", () => {
    expect(kinds("a red fox at dawn", "a grey fox at dawn, film grain")).toEqual([
      "s:a",
      "r:red",
      "a:grey",
      "s:fox",
      "s:at",
      "r:dawn",
      "a:dawn,",
      "a:film",
      "a:grain",
    ]);
  });

  test("keeps all of the new text, whatever the old", () => {
    for (const [before, now] of [
      ["", "x y"],
      ["x y", ""],
      ["a b a b", "b a b a"],
    ] as const)
      expect(
        diffWords(before, now)
          .filter((word) => word.kind !== "removed")
          .map((word) => word.text)
          .join(" "),
      ).toBe(now);
  });

  test("is alike by the words that stayed", () => {
    expect(likeness(diffWords("a b c d", "a b c d"))).toBe(1);
    expect(likeness(diffWords("a b c d", "a b x y"))).toBe(0.5);
    expect(likeness(diffWords("a b", "x y"))).toBe(0);
  });
});
