// What can be found by name, and which of it fits what was typed.

export interface Findable {
  kind: "page" | "table" | "column" | "asset" | "session";
  name: string;
  /** What it is, in a few words; found as well, after all that is found by name. */
  about: string;
  path: string;
}

/** How well a name fits: 0 not at all; more where it begins with what was typed, or a word of it does. */
export function score(item: Findable, typed: string): number {
  const text = typed.toLowerCase();
  const name = item.name.toLowerCase();
  const place = name.indexOf(text);
  if (place === 0) return name.length === text.length ? 5 : 4;
  if (place > 0) return /[\s_.]/.test(name[place - 1]!) ? 3 : 2;
  return item.about.toLowerCase().includes(text) ? 1 : 0;
}

/** The best first; of equals the first of the list. */
export function find(items: readonly Findable[], typed: string, max: number): Findable[] {
  const text = typed.trim();
  if (text === "") return items.filter((item) => item.kind === "page").slice(0, max);
  const found = items
    .map((item, place) => ({ item, place, score: score(item, text) }))
    .filter((hit) => hit.score > 0);
  found.sort((a, b) => b.score - a.score || a.place - b.place);
  const list = found.slice(0, max).map((hit) => hit.item);
  const session = /^(?:session\s*)?(\d+)$/i.exec(text);
  if (session) {
    list.unshift({
      kind: "session",
      name: `Session ${session[1]}`,
      about: "its generations and why its score is what it is",
      path: `/sessions/${session[1]}`,
    });
  }
  return list;
}
