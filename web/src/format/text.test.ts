import { expect, test } from "vitest";
import { firstOf, piecesOf, plain, shortened } from "./text";

test.each([
  ["\u202e", "U+202E"],
  ["\u2066", "U+2066"],
  ["\u200b", "U+200B"],
  ["\u200f", "U+200F"],
  ["\u061c", "U+061C"],
  ["\ufeff", "U+FEFF"],
  ["\u0000", "U+0000"],
  ["\u001b", "U+001B"],
  ["\u0085", "U+0085"],
  ["\u2028", "U+2028"],
  ["\ud800", "U+D800"],
  ["\u{e0041}", "U+E0041"],
])("%j is shown as its code", (odd, code) => {
  expect(plain(`a${odd}b`)).toBe(`a⟨${code}⟩b`);
  expect(piecesOf(`a${odd}b`).map((piece) => piece.text)).toEqual(["a", code, "b"]);
});

test("what people write is left as it is", () => {
  for (const text of [
    "a fox, film grain",
    "two\nlines\tand a tab\r\n",
    "👩‍💻 🏳️‍🌈 👍🏽",
    "می‌خواهم",
    "שלום, مرحبا",
    "日本語 ñ é",
    "",
  ])
    expect(plain(text)).toBe(text);
  expect(piecesOf("plain")).toEqual([{ text: "plain", odd: null }]);
});

test("a joiner that joins nothing is shown", () => {
  expect(plain("ad\u200dmin")).toBe("ad⟨U+200D⟩min");
  expect(plain("1\u200c2")).toBe("1⟨U+200C⟩2");
});

test("a text is cut between characters", () => {
  expect(firstOf("ab😀c", 3)).toBe("ab");
  expect(firstOf("ab😀c", 4)).toBe("ab😀");
  expect(shortened("abcdef", 3)).toBe("abc…");
  expect(shortened("abc", 3)).toBe("abc");
});
