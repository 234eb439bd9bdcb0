#include "lineage/lineage.h"

#include <gtest/gtest.h>

#include "lineage/lineage_fixture.h"
#include "lineage/lineage_walker.h"

namespace gsa::lineage {
namespace {

// "a: t.a; n: t.a t.b | t.k": the columns with their origins, and after | the columns that decide
// about rows.
std::string shown(const QueryLineage& lineage) {
  std::vector<std::string> columns;
  for (const OutputColumn& column : lineage.columns) {
    columns.push_back(column.name + ": " + to_string(column.from));
  }
  return join(columns, "; ") + " | " + to_string(lineage.shape_from);
}

struct Case {
  std::string select;
  std::string expected;
};

void expect(const std::vector<Case>& cases, const Columns& columns = kKnown) {
  for (const auto& [select, expected] : cases) {
    EXPECT_EQ(shown(read_lineage(select, columns)), expected) << select;
  }
}

TEST(Lineage, FindsTheColumnsOfExpressions) {
  expect({
      {"select a, b + c as n, 1 as one from t", "a: t.a; n: t.b t.c; one:  | "},
      {"select case when a > 1 then b else c end as n from t", "n: t.a t.b t.c | "},
      {"select case a when k then b end as n from t", "n: t.a t.b t.k | "},
      {"select cast(a as decimal(9, 2)) n, a::int m, a between b and c p, a in (b, 1) q from t",
       "n: t.a; m: t.a; p: t.a t.b t.c; q: t.a t.b | "},
      {"select coalesce(a, b) x, not a y, a is null z, a collate nocase w, -k v from t",
       "x: t.a t.b; y: t.a; z: t.a; w: t.a; v: t.k | "},
      {"select [a, b] x, {'f': c} y, a[k:b] z, current_date d from t",
       "x: t.a t.b; y: t.c; z: t.a t.b t.k; d:  | "},
  });
}

TEST(Lineage, NamesColumnsAsDuckDbDoes) {
  expect({
      {"select A, \"B\" as \"The B\", T.c from \"T\"", "A: t.a; The B: t.b; c: t.c | "},
      {"select sum(a), a::int, (select 1), count(*), case when a then b end from t group by a, b",
       "sum(a): t.a; CAST(a AS INTEGER): t.a; (SELECT 1): ; count_star(): ; CASE  WHEN (a) THEN "
       "(b) "
       "ELSE NULL END: t.a t.b | t.a t.b"},
      {"select \"sum(a)\" + 1 as n from (select sum(a) from t)", "n: t.a | "},
  });
}

TEST(Lineage, QualifiesColumnsByTableSchemaAndAlias) {
  expect({
      {"select t.a, main.t.b, w.c from t, t as w", "a: t.a; b: t.b; c: t.c | "},
      {"select a, s.t.other, t.a as again from s.t", "a: s.t.a; other: s.t.other; again: s.t.a | "},
      {"select d.s.t.a from d.s.t", "a: d.s.t.a | "},
      {"select x, t.a, y from t, u", "x: u.x; a: t.a; y: u.y | "},
      {"select m, t.c from t as t(m, n)", "m: t.a; c: t.c | "},
      {"select rowid, t.rowid as r from t", "rowid: t.rowid; r: t.rowid | "},
      {"select t from t", "t: t.a t.b t.c t.k | "},
  });
}

TEST(Lineage, LooksThroughCtes) {
  expect({
      {"with d as (select a + b as m from t) select m * 2 as n from d", "n: t.a t.b | "},
      {"with d as (select a as m from t), e as (select m, m + 1 as o from d) select o from e",
       "o: t.a | "},
      {"with d(m, n) as (select a, b from t) select n from d", "n: t.b | "},
      {"with D as (select a from t) select x.A from d as x", "A: t.a | "},
      {"with t as (select b as a from t) select a from t", "a: t.b | "},
      {"with d as materialized (select a from t) select (with d as (select x from u) select x from "
       "d)"
       " as n, a from d",
       "n: u.x; a: t.a | "},
      {"with d as (select a from t where b = 1), unused as (select x from u where y) select a from "
       "d",
       "a: t.a | t.b"},
  });
}

TEST(Lineage, LooksThroughSubqueriesInFrom) {
  expect({
      {"select m from (select a + b as m from t where c > 0) where m > 1",
       "m: t.a t.b | t.a t.b t.c"},
      {"select n from (select a, b from t) as d(m, n)", "n: t.b | "},
      {"from (select a from t)", "a: t.a | "},
      {"select m, y from t, lateral (select a + x as m, y from u)", "m: t.a u.x; y: u.y | "},
      {"select w.* from t join (select x from u where u.k = t.k) as w on true", "x: u.x | t.k u.k"},
      {"select j.x from (t join u on t.k = u.y) as j", "x: u.x | t.k u.y"},
  });
}

TEST(Lineage, TakesSubqueriesOfExpressionsForInputsOfThem) {
  expect({
      {"select (select max(x) from u where u.k = t.k and y = b) as n, a from t",
       "n: t.b t.k u.k u.x u.y; a: t.a | "},
      {"select exists (select z from v where v.k = t.k) as e from t", "e: t.k v.k | "},
      {"select a in (select x from u where y) as e from t", "e: t.a u.x u.y | "},
      {"select a from t where b in (select x from u) and exists (from v where z = c)",
       "a: t.a | t.b t.c u.x v.z"},
      {"select array(select x from u) as e, (select a) as f from t", "e: u.x; f: t.a | "},
      {"select a from t where (a, b) in (select x, y from u)", "a: t.a | t.a t.b u.x u.y"},
  });
}

TEST(Lineage, JoinsSetOperationsByPosition) {
  expect({
      {"select a as m, b from t union all select x, y from u where k = 1",
       "m: t.a u.x; b: t.b u.y | u.k"},
      {"select a from t union select x from u", "a: t.a u.x | t.a u.x"},
      {"select a from t intersect select x from u", "a: t.a u.x | t.a u.x"},
      {"select a from t except select x from u", "a: t.a | t.a u.x"},
      {"select a as m, k from t union all by name select k, x from u",
       "m: t.a; k: t.k u.k; x: u.x | "},
      {"select a as m from t union all select x from u order by m limit 3", "m: t.a u.x | t.a u.x"},
      {"select a as m from t union all select x from u order by m", "m: t.a u.x | "},
      {"select a, b from t union all values (1, 2)", "a: t.a; b: t.b | "},
      {"select m from (select a as m, b from t union all select x, y from u union all from w)",
       "m: t.a u.x w.* | "},
  });
}

TEST(Lineage, TakesWhatAWindowIsOverForInputs) {
  expect({
      {"select sum(a) over (partition by b order by c) as n from t", "n: t.a t.b t.c | "},
      {"select lag(a, 1, b order by k) over w as n from t window w as (partition by c)",
       "n: t.a t.b t.c t.k | "},
      {"select sum(a) filter (where b) over (order by c rows between k preceding and current row)"
       " as n from t",
       "n: t.a t.b t.c t.k | "},
      {"select last_value(case when a then b end ignore nulls) over so_far as n from t window "
       "so_far"
       " as (partition by k order by c rows between unbounded preceding and current row)",
       "n: t.a t.b t.c t.k | "},
  });
}

TEST(Lineage, FindsTheInputsOfAggregates) {
  expect({
      {"select k, sum(a) filter (where b) as n, list(a order by c) as m from t group by k",
       "k: t.k; n: t.a t.b; m: t.a t.c | t.k"},
      {"select percentile_disc(0.9) within group (order by a) as n, count(distinct b) as m from t",
       "n: t.a; m: t.b | "},
  });
}

TEST(Lineage, FindsWhatDecidesTheRows) {
  expect({
      {"select a from t where b > 1", "a: t.a | t.b"},
      {"select a from t join u on t.k = u.k and x > 1", "a: t.a | t.k u.k u.x"},
      {"select t.a from t, u where t.k = u.k", "a: t.a | t.k u.k"},
      {"select count(*) as n from t group by b, c + k", "n:  | t.b t.c t.k"},
      {"select count(*) as n from t group by grouping sets ((b), (c)) having sum(k) > 1",
       "n:  | t.b t.c t.k"},
      {"select a from t qualify row_number() over (partition by b order by c) = 1",
       "a: t.a | t.b t.c"},
      {"select distinct a, b from t", "a: t.a; b: t.b | t.a t.b"},
      {"select distinct on (b) a from t order by c", "a: t.a | t.b t.c"},
      {"select a from t order by b limit 3", "a: t.a | t.b"},
      {"select a from t order by b limit 3 offset (select max(x) from u)", "a: t.a | t.b u.x"},
      {"select a from t order by b", "a: t.a | "},
      {"select list(a) as n from (select a from t order by b)", "n: t.a | t.b"},
      {"select a from t order by all limit 10%", "a: t.a | t.a"},
      {"select unnest(items) as n, 1 as one from l", "n: l.items; one:  | l.items"},
      {"select *, k as m from t semi join u on t.k = u.x",
       "a: t.a; b: t.b; c: t.c; k: t.k; m: t.k | t.k u.x"},
      {"select a from u as o, t join v on a = x", "a: t.a | t.a v.x"},
      {"with f as (select k from u where y = 1) select a from t where k in (select k from f)",
       "a: t.a | t.k u.k u.y"},
  });
}

TEST(Lineage, FollowsNumbersAndAliasesInGroupAndOrderBy) {
  expect({
      {"select a + b as m, count(*) as n from t group by 1", "m: t.a t.b; n:  | t.a t.b"},
      {"select a + b as m, count(*) as n from t group by m", "m: t.a t.b; n:  | t.a t.b"},
      {"select *, c as m from t order by 5, 1 limit 1",
       "a: t.a; b: t.b; c: t.c; k: t.k; m: t.c | t.a t.c"},
      {"select b as a from t order by a limit 1", "a: t.b | t.b"},  // the alias
      {"select b as a from t where a = 1", "a: t.b | t.a"},         // the column
      {"select b as m from t where m = 1", "m: t.b | t.b"},
      {"select k, a + 1 as m, sum(b) as n, sum(c) + 1 from t group by all",
       "k: t.k; m: t.a; n: t.b; (sum(c) + 1): t.c | t.a t.k"},
      {"select distinct on (2) a, b from t", "a: t.a; b: t.b | t.b"},
      {"select #2 as m from t", "m: t.b | "},
  });
}

TEST(Lineage, FollowsAliasesWithinTheSameSelect) {
  expect({
      {"select a + 1 as m, m * b as n from t", "m: t.a; n: t.a t.b | "},
      {"select a + 1 as b, b * 2 as n from t", "b: t.a; n: t.b | "},  // the column wins
      {"select a as m, (select m + max(x) from u) as n from t", "m: t.a; n: t.a u.x | "},
  });
}

TEST(Lineage, ExpandsStars) {
  expect({
      {"select * from t", "a: t.a; b: t.b; c: t.c; k: t.k | "},
      {"select u.*, a from t, u", "x: u.x; y: u.y; k: u.k; a: t.a | "},
      {"select * exclude (a, K) from t", "b: t.b; c: t.c | "},
      {"select * exclude (t.a) replace (b + k as b) rename (c as d) from t",
       "b: t.b t.k; d: t.c; k: t.k | "},
      {"with d as (select *, a + b as m from t) select m, c from d", "m: t.a t.b; c: t.c | "},
      {"select columns(*) from u", "x: u.x; y: u.y; k: u.k | "},
      {"select a, m.* from (select a, b from t) as m", "a: t.a; a: t.a; b: t.b | "},
      {"select coalesce(*columns(*)) as n from u", "n: u.k u.x u.y | "},
  });
}

TEST(Lineage, GivesAllColumnsWherePatternsChoose) {
  expect({
      {"select columns('x|y') from u", "*: u.k u.x u.y | "},
      {"select a, min(columns(u.*)) from t, u group by a", "a: t.a; *: u.k u.x u.y | t.a"},
      {"select * like 'x%' from u", "*: u.k u.x u.y | "},
      {"select x from (select columns('x|y') from u)", "x: u.k u.x u.y | "},
      {"select a from t where columns(*) > 3", "a: t.a | t.a t.b t.c t.k"},
  });
}

TEST(Lineage, MergesColumnsOfUsing) {
  expect({
      {"select k from t join u using (k)", "k: t.k | t.k u.k"},
      {"select k from t left join u using (k)", "k: t.k | t.k u.k"},
      {"select k from t right join u using (k)", "k: u.k | t.k u.k"},
      {"select k, u.k as o from t full join u using (k)", "k: t.k u.k; o: u.k | t.k u.k"},
      {"select * from u right join v using (k)",
       "x: u.x; y: u.y; k: v.k; x: v.x; z: v.z | u.k v.k"},
      {"select k, a, z from t join u using (k) join v using (k)",
       "k: t.k; a: t.a; z: v.z | t.k u.k v.k"},
      {"select k, x, z from u natural join v", "k: u.k; x: u.x; z: v.z | u.k u.x v.k v.x"},
  });
}

TEST(Lineage, TellsFieldsFromColumns) {
  expect({
      {"select l.st.f, st.f.g, (st).f as h from l", "f: l.st; g: l.st; h: l.st | "},
      {"select st.* from l", "*: l.st | "},
      {"select f from (select st.* from l)", "f: l.st | "},
      {"select items.list_sum() as m, l.st.struct_keys() as n from l", "m: l.items; n: l.st | "},
      {"select unnest(st) from l", "unnest(st): l.st; *: l.st | l.st"},
  });
}

TEST(Lineage, KnowsParametersOfLambdas) {
  expect({
      {"select list_transform(items, x -> x + a) as m from l, t", "m: l.items t.a | "},
      {"select list_filter(items, lambda a: a > b) as m from l, t", "m: l.items t.b | "},
      {"select list_reduce(items, (a, i) -> a + i + k) as m from l, t", "m: l.items t.k | "},
      {"select list_transform(items, a -> list_transform(a, b -> a + b + c)) as m from l, t",
       "m: l.items t.c | "},
      {"select [a + b for a in items if a > c] as m from l, t", "m: l.items t.b t.c | "},
      {"select st -> '$.f' as m, lower(st -> 'g') as n from l", "m: l.st; n: l.st | "},
  });
}

TEST(Lineage, TakesTableFunctionsForSourcesOfTheirOwn) {
  expect({
      {"select i, a + i as m from t, range(10) as r(i)", "i: ; m: t.a | "},
      {"select range from range(10)", "range:  | "},
      {"select m from generate_series(1, (select max(a) from t)) as g(m)", "m: t.a | t.a"},
      {"select id from read_csv('x.csv')", "id:  | "},
      {"select * from read_csv('x.csv')", "*:  | "},
      {"select a, o from t, read_csv('x.csv') as r", "a: t.a; o:  | "},
      {"select e from l, unnest(items) as w(e)", "e: l.items | l.items"},
      {"select m from (values (1, 2), (3, 4)) as w(m, n)", "m:  | "},
      {"select m from t, lateral (values (a), (b)) as w(m)", "m: t.a t.b | "},
      {"values (1, 'x')", "col0: ; col1:  | "},
  });
}

TEST(Lineage, EndsWithRecursiveCtes) {
  expect({
      {"with recursive r(m) as (select 1 union all select m + 1 from r where m < 5) select m from "
       "r",
       "m:  | "},
      {"with recursive r as (select id, label as path, 0 as depth from n where parent is null"
       " union all select n.id, r.path || n.label, depth + 1 from n join r on n.parent = r.id)"
       " select id, path, depth from r",
       "id: n.id; path: n.label; depth:  | n.id n.parent"},
      {"with recursive r(p, q) as (select a, b from t union select q, p from r) select p from r",
       "p: t.a t.b | t.a t.b"},
      {"with recursive r as (select a, b from t union all (with recursive q as (select a from r"
       " union all select x from q, u) select a, a from q)) select b from r",
       "b: t.a t.b u.x | "},
      {"with recursive r as (from w union all select * from r) select m from r", "m: w.* w.m | "},
  });
}

TEST(Lineage, GuessesWhereARelationIsNotKnown) {
  expect({
      {"select m, a from w join t on w.k = t.k", "m: w.m; a: t.a | t.k w.k"},
      {"select m from w, w2", "m: w.m w2.m | "},
      {"select w.m from w, w2", "m: w.m | "},
      {"select * from w", "*: w.* | "},
      {"select a, * from t join w using (k)",
       "a: t.a; a: t.a; b: t.b; c: t.c; k: t.k; *: w.* | t.k w.k"},
      {"select m from (select * from w)", "m: w.m | "},
      {"select m, n from (select * rename (o as n) from w)", "m: w.m; n: w.o | "},
      {"select n from (select * replace (m + 1 as n) from w)", "n: w.m | "},
      {"select m from w as w(m)", "m: w.* | "},
      {"select m from (from w union all from w2)", "m: w.m w2.* | "},
      {"select (select max(m) from w where b = 1) as n from t", "n: t.b w.b w.m | "},
      {"select m + 1 as n, n * 2 as o from w", "n: w.m; o: w.m w.n | "},
      {"select k from t natural join w", "k: t.k | t.a t.b t.c t.k w.* w.a w.b w.c w.k"},
      {"select k from t natural right join w", "k: t.k w.k | t.a t.b t.c t.k w.* w.a w.b w.c w.k"},
  });
}

TEST(Lineage, GivesAllThatIsNamedWhereItDoesNotKnowTheSyntax) {
  expect({
      {"select * from (pivot t on b in (1, 2) using sum(a) group by k)",
       "*: t.a t.b t.c t.k | t.a t.b t.c t.k"},
      {"with d as (select x as m from u where y) select m from (unpivot d on m into name n value "
       "m)",
       "m: u.x u.y | u.x u.y"},
      {"select n from (describe t)", "n: t.a t.b t.c t.k | t.a t.b t.c t.k"},
  });
}

TEST(Lineage, SaysWhatItCannotRead) {
  EXPECT_EQ(error_of([] { read_lineage("select from where"); }),
            "the query cannot be read: syntax error at or near \"where\"");
  EXPECT_EQ(error_of([] { read_lineage("create table w as select 1"); }),
            "the query cannot be read: Only SELECT statements can be serialized to json!");
  EXPECT_EQ(error_of([] { read_lineage("select 1; select 2"); }), "one SELECT is expected, not 2");
  EXPECT_EQ(error_of([] { read_lineage(" -- nothing"); }), "one SELECT is expected, not 0");
}

TEST(Lineage, ReadsDeeplyNestedQueries) {
  std::string sum = "a", set = "select a from t";
  for (int i = 0; i < 900; ++i) sum += " + b";
  for (int i = 0; i < 300; ++i) set += " union all select x from u";
  expect({{"select " + sum + " as n from t", "n: t.a t.b | "}, {set, "a: t.a u.x | "}});
  std::string nested = "select a from t";
  for (int i = 0; i < 100; ++i) nested = "select a from (" + nested + ")";
  expect({{nested, "a: t.a | "}});
}

TEST(Lineage, KnowsTheAggregatesOfDuckDb) {
  duck::Result names = parser().query(
      "select distinct function_name from duckdb_functions() where function_type = 'aggregate' "
      "order by 1");
  EXPECT_GT(names.rows(), 50u);
  std::string others;
  for (std::size_t i = 0; i < names.rows(); ++i) {
    if (!is_aggregate_function(names.text(i, 0))) others += names.text(i, 0) + " ";
  }
  // These functions need OVER.
  EXPECT_EQ(
      others,
      "cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank "
      "rank rank_dense row_number ");
}

}  // namespace
}  // namespace gsa::lineage
