// The components of the pages, each loaded when it is first needed.

import type { Component } from "svelte";
import type { PageName } from "../state/routes";

type Load = () => Promise<{ default: Component<{ id: string }> | Component }>;

const kLoads: Record<PageName, Load> = {
  overview: () => import("./Overview.svelte"),
  friction: () => import("./Friction.svelte"),
  cost: () => import("./Cost.svelte"),
  engagement: () => import("./Engagement.svelte"),
  sessions: () => import("./Sessions.svelte"),
  session: () => import("./Session.svelte"),
  pipeline: () => import("./Pipeline.svelte"),
  sql: () => import("./Sql.svelte"),
  data: () => import("./Data.svelte"),
  table: () => import("./Table.svelte"),
};

const loaded = new Map<PageName, Promise<Component<{ id: string }>>>();

/** The component of a page. After a failure the next call loads it again. */
export function loadPage(name: PageName): Promise<Component<{ id: string }>> {
  const known = loaded.get(name);
  if (known) return known;
  const page = kLoads[name]().then((module) => module.default as Component<{ id: string }>);
  page.catch(() => loaded.delete(name));
  loaded.set(name, page);
  return page;
}
