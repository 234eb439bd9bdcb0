// Fingerprints of columns and rows: which edits change them, and which do not.

#include <gtest/gtest.h>

#include "lineage/lineage_fixture.h"

namespace gsa::lineage {
namespace {

// The columns of `after` that `before` lacks or computes in another way, and "rows" if the rows may
// differ.
std::string changes(const std::string& before, const std::string& after) {
  const QueryLineage old = read_lineage(before), now = read_lineage(after);
  std::map<std::string, std::uint64_t> fingerprints;
  for (const OutputColumn& column : old.columns) fingerprints[column.name] = column.fingerprint;
  std::vector<std::string> changed;
  for (const OutputColumn& column : now.columns) {
    if (fingerprints[column.name] != column.fingerprint) changed.push_back(column.name);
  }
  if (old.shape != now.shape) changed.emplace_back("rows");
  return join(changed, " ");
}

struct Change {
  std::string before;
  std::string after;
  std::string changes;
};

void expect(const std::vector<Change>& cases) {
  for (const auto& [before, after, expected] : cases) {
    EXPECT_EQ(changes(before, after), expected) << before << "\n" << after;
  }
}

TEST(LineageFingerprint, StaysTheSameWhereOnlyNamesAndLayoutChange) {
  expect({
      {"select a+b as n from t", "SELECT  a + /* and */ B\n AS n\nFROM t -- t", ""},
      {"select a as n from t", "select w.a as n from t as w", ""},
      {"with d as (select a + b as m from t where c) select m as n from d",
       "with other as (select a + b as p from t where c) select q.p as n from other as q", ""},
      {"with d as (select a as m from t) select sum(m) as n, k from d join u on m = x group by k",
       "with e as (select a as o from t) select sum(o) as n, k from e join u on o = x group by 2",
       ""},
      {"with d as (select a from t) select a from d", "select a from (select a from t)", ""},
      {"with unused as (select 1) select a from t", "select a from t", ""},
      {"select list_transform(items, x -> x + 1) as n from l",
       "select list_transform(items, lambda y: y + 1) as n from l", ""},
      {"select a from t order by a", "select a from t order by b desc", ""},
      {"select a, b from t", "select b, a from t", ""},
      {"select * from t", "select a, b, c, k from t", ""},
      {"select sum(a) over w as n from t window w as (order by b)",
       "select sum(a) over (order by b) as n from t", ""},
      {"with recursive r as (select a from t union all select a + 1 from r) select a from r",
       "with recursive q as (select a as m from t union all select m + 1 from q) select m as a "
       "from q",
       ""},
  });
}

TEST(LineageFingerprint, ChangesForTheColumnsOfAChangedExpressionAlone) {
  expect({
      {"select a + b as n, c as m from t", "select a - b as n, c as m from t", "n"},
      {"select a + 1 as n, c as m from t", "select a + 2 as n, c as m from t", "n"},
      {"select cast(a as decimal(9, 2)) as n from t", "select cast(a as decimal(9, 3)) as n from t",
       "n"},
      {"with d as (select a as m, b as o from t) select m + 1 as n, o from d",
       "with d as (select c as m, b as o from t) select m + 1 as n, o from d", "n"},
      {"select a as n, b as m from t", "select b as n, b as m from t", "n"},
      {"select sum(a) as n from t", "select sum(distinct a) as n from t", "n"},
      {"select sum(a) filter (where b) as n from t", "select sum(a) filter (where c) as n from t",
       "n"},
      {"select sum(a) over (order by b) as n from t",
       "select sum(a) over (order by b desc) as n from t", "n"},
      {"select sum(a) over w as n from t window w as (order by b)",
       "select sum(a) over w as n from t window w as (partition by b)", "n"},
      {"select (select max(x) from u where y = 1) as n, a from t",
       "select (select max(x) from u where y = 2) as n, a from t", "n"},
      {"select (select max(x) from u) as n, a from t",
       "select (select max(x) from v) as n, a from t", "n"},
      {"select {'f': a} as n from t", "select {'g': a} as n from t", "n"},
      {"with d as (select a as f, a as g from t) select struct_pack(f) as n from d",
       "with d as (select a as f, a as g from t) select struct_pack(g) as n from d", "n"},
      {"select l.st.f as n from l", "select l.st.g as n from l", "n"},
      {"select list_transform(items, x -> x + 1) as n from l",
       "select list_transform(items, x -> x + 2) as n from l", "n"},
      {"select a, x from t union all select x, x from u",
       "select a, b as x from t union all select x, x from u", "x"},
      {"select m, n from (values (1, 2), (3, 4)) as w(m, n)",
       "select m, n from (values (1, 2), (3, 5)) as w(m, n)", "n"},
      {"select * replace (a + 1 as a) from t", "select * replace (a + 2 as a) from t", "a"},
      {"with recursive r as (select a, b from t union all select a + 1, b from r) select a from r",
       "with recursive r as (select a, b from t union all select a + 2, b from r) select a from r",
       "a"},
      {"select * from (pivot t on b in (1, 2) using sum(a))",
       "select * from (pivot t on b in (1, 2) using max(a))", "* rows"},
      {"with d as (select * from t) select * from (pivot d on b in (1, 2) using sum(a))",
       "with d as (select a + 1 as a, b from t) select * from (pivot d on b in (1, 2) using "
       "sum(a))",
       "* rows"},
      {"select m from read_csv('x.csv') as w(m)", "select m from read_csv('y.csv') as w(m)",
       "m rows"},
  });
}

TEST(LineageFingerprint, ChangesForTheRowsWhereTheyMayBeOthers) {
  expect({
      {"select a from t", "select a from t where b", "rows"},
      {"select a from t where b > 1", "select a from t where b > 2", "rows"},
      {"with d as (select a from t where b > 1) select a from d",
       "with d as (select a from t where b > 2) select a from d", "rows"},
      {"select a from t join u on t.k = u.k", "select a from t left join u on t.k = u.k", "rows"},
      {"select a from t join u on t.k = u.k", "select a from t join u on t.k = u.x", "rows"},
      {"select a from t join u using (k)", "select a from t join u on a = x", "rows"},
      {"select a from t", "select a from t, u", "rows"},
      {"select 1 as a from t", "select 1 as a from u", "rows"},
      {"select a from t", "select distinct a from t", "rows"},
      {"select a from t", "select a from t limit 1", "rows"},
      {"select a from t order by b limit 1", "select a from t order by c limit 1", "rows"},
      {"select a from t order by b limit 1", "select a from t order by b desc limit 1", "rows"},
      {"select distinct on (a) b from t order by c", "select distinct on (a) b from t order by k",
       "rows"},
      {"select 1 as n, count(*) as m from t group by a",
       "select 1 as n, count(*) as m from t group by b", "rows"},
      {"select count(*) as m from t group by grouping sets ((a), (b))",
       "select count(*) as m from t group by grouping sets ((a, b))", "rows"},
      {"select 1 as n from t", "select 1 as n, max(a) from t", "max(a) rows"},
      {"select a from t qualify row_number() over (order by b) = 1",
       "select a from t qualify row_number() over (order by c) = 1", "rows"},
      {"select max(a) as m from t group by b having min(c) > 1",
       "select max(a) as m from t group by b having min(c) > 2", "rows"},
      {"select a from t union all select x from u",
       "select a from t union all select x from u where y", "rows"},
      {"select a from t union all select x from u", "select a from t union select x from u",
       "rows"},
      {"select a from t except select x from u", "select a from t except select y from u", "rows"},
      {"select a from t", "select a from t tablesample 10%", "rows"},
      {"select a from t semi join u on t.k = u.k", "select a from t anti join u on t.k = u.k",
       "rows"},
      {"select 1 as n from range(3)", "select 1 as n from range(4)", "rows"},
      {"select 1 as n, unnest([1, 2]) as m", "select 1 as n, unnest([1, 2, 3]) as m", "m rows"},
      {"select m from (values (1)) as w(m)", "select m from (values (1), (1)) as w(m)", "m rows"},
      {"with recursive r as (select a from t union all select a + 1 from r where a < 5) select a "
       "from r",
       "with recursive r as (select a from t union all select a + 1 from r where a < 6) select a "
       "from r",
       "rows"},
  });
}

TEST(LineageFingerprint, TellsTheSidesOfAJoinApart) {
  expect({
      {"select o.label as m from n join n as o on n.parent = o.id",
       "select n.label as m from n join n as o on n.parent = o.id", "m"},
      {"select o.label as m from n as q join n as o on q.parent = o.id",
       "select o.label as m from n as q join n as o on q.id = o.parent", "rows"},
      {"with d as (select k, sum(a) as s from t group by k), e as (select b, sum(a) as s from t "
       "group by"
       " b) select d.s as m from d join e on d.k = e.b",
       "with d as (select k, sum(a) as s from t group by k), e as (select b, sum(a) as s from t "
       "group by"
       " b) select e.s as m from d join e on d.k = e.b",
       "m"},
      {"select w.m from w, w as o", "select o.m from w, w as o", "m"},
      {"select m from (select w.m from w, w as o)", "select m from (select o.m from w, w as o)",
       "m"},
  });
}

}  // namespace
}  // namespace gsa::lineage
