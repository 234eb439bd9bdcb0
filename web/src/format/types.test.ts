import { expect, it } from "vitest";
import { typeText } from "./types";

it("A type is in small letters, but the words of an enumeration are as they are", () => {
  expect(typeText("DECIMAL(18,8)")).toBe("decimal(18,8)");
  expect(typeText("ENUM('USD')")).toBe("enum('USD')");
  expect(typeText("ENUM('it''s', 'a, b')")).toBe("enum('it''s', 'a, b')");
});

it("A long enumeration is a number of words", () => {
  const words = Array.from({ length: 3000 }, (_, place) => `'DE-${place}'`);
  expect(typeText(`ENUM(${words.join(", ")})`)).toBe("enum of 3000 words");
});
