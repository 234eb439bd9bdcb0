// Search by name: pages, tables, columns, assets and sessions.

export interface Findable {
  kind: "page" | "table" | "column" | "asset" | "session";
  name: string;
  /** A short description. It is searched too, and ranks below names. */
  about: string;
  path: string;
}

/** How well an item matches: 0 no match, 1 description, 2 inside a word, 3 start of a word, 4 prefix,
 *  5 equal. */
export function score(item: Findable, typed: string): number {
  const text = typed.toLowerCase();
  const name = item.name.toLowerCase();
  const place = name.indexOf(text);
  if (place === 0) return name.length === text.length ? 5 : 4;
  if (place > 0) return /[\s_.]/.test(name[place - 1]!) ? 3 : 2;
  return item.about.toLowerCase().includes(text) ? 1 : 0;
}

/** At most `max` items, best matches first; ties keep the order of the list. */
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
