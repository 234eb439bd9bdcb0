// The pages and their addresses.

export type PageName =
  | "overview"
  | "friction"
  | "cost"
  | "engagement"
  | "sessions"
  | "session"
  | "pipeline"
  | "sql"
  | "data"
  | "table";

export interface Route {
  page: PageName;
  /** A session's id or a table's name. */
  id?: string;
}

export interface Page {
  name: PageName;
  path: string;
  title: string;
  /** Whether the filters apply to it. */
  filtered: boolean;
}

/** In the order of the navigation. */
export const kPages: readonly Page[] = [
  { name: "overview", path: "/", title: "Overview", filtered: true },
  { name: "friction", path: "/friction", title: "Friction", filtered: true },
  { name: "cost", path: "/cost", title: "Cost", filtered: true },
  { name: "engagement", path: "/engagement", title: "Engagement", filtered: true },
  { name: "sessions", path: "/sessions", title: "Sessions", filtered: true },
  { name: "pipeline", path: "/pipeline", title: "Pipeline", filtered: false },
  { name: "sql", path: "/sql", title: "SQL", filtered: false },
  { name: "data", path: "/data", title: "Data", filtered: false },
];

/** The route of a path; null if there is no such page. */
export function parsePath(path: string): Route | null {
  const trimmed = path.replace(/\/+$/, "") || "/";
  const page = kPages.find((candidate) => candidate.path === trimmed);
  if (page) return { page: page.name };
  const detail = /^\/(sessions|data)\/([^/]+)$/.exec(trimmed);
  if (!detail) return null;
  let id: string;
  try {
    id = decodeURIComponent(detail[2]!);
  } catch {
    return null;
  }
  return { page: detail[1] === "sessions" ? "session" : "table", id };
}

export function pathOf(route: Route): string {
  if (route.page === "session") return "/sessions/" + encodeURIComponent(route.id ?? "");
  if (route.page === "table") return "/data/" + encodeURIComponent(route.id ?? "");
  return kPages.find((page) => page.name === route.page)!.path;
}

/** The entry of the navigation that a route belongs to. */
export function sectionOf(route: Route): Page {
  const name = route.page === "session" ? "sessions" : route.page === "table" ? "data" : route.page;
  return kPages.find((page) => page.name === name)!;
}
