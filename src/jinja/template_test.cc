#include "jinja/template.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/file.h"

namespace gsa::jinja {
namespace {

std::string render(const std::string& text, const Scope& scope = Scope()) {
  return Template::parse(text, "model.sql").render(scope).text();
}

std::string show(const Place& place) {
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

// The part of a dbt runner's names that these tests need.
void fill(Scope& scope) {
  Dict target;
  target.set("schema", "main");
  scope.set("target", Value::object("target", "<target>", target));
  scope.set("schema", "main");
  scope.set_function("ref", [](const CallArguments& arguments) -> Value {
    arguments.expect("ref", 1, {"name"});
    const std::string& name = arguments.find(0, "name")->as_string();
    if (name == "nothing") throw Error("there is no model 'nothing'", "did you mean 'something'?");
    return "\"" + name + "\"";
  });
}

TEST(Template, CallsFunctionsOfTheScope) {
  Scope scope;
  fill(scope);
  EXPECT_EQ(render("from {{ ref('a') }} {{ target.schema }}", scope), "from \"a\" main");
}

TEST(Scope, FindsNamesInItsParents) {
  Scope outer;
  outer.set("a", 1);
  outer.set("b", 1);
  Scope inner(&outer);
  inner.set("b", 2);
  EXPECT_EQ(render("{{ a }}{{ b }}", inner), "12");
}

TEST(Template, DefinesMacrosThatCallEachOtherAcrossFiles) {
  Scope scope;
  const Template one = Template::parse("{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}", "1.sql");
  const Template two = Template::parse(
      "{% macro quoted(x) %}'{{ twice(x) }}'{% endmacro %}\n"
      "{% test positive(model, column_name) %}select * from {{ model }} where {{ column_name }} < 0"
      "{% endtest %}",
      "2.sql");
  two.define_macros(scope);  // before the macro that it calls is defined
  one.define_macros(scope);
  EXPECT_EQ(two.macro_names(), (std::vector<std::string>{"quoted", "test_positive"}));
  EXPECT_EQ(render("{{ quoted('ab') }}", scope), "'abab'");
  EXPECT_EQ(render("{{ test_positive('t', column_name='c') }}", scope),
            "select * from t where c < 0");
}

TEST(Template, HidesTheCallersVariablesFromMacros) {
  Scope scope;
  const Template macros =
      Template::parse("{% macro peek() %}{{ secret is defined }}{% endmacro %}", "m.sql");
  macros.define_macros(scope);
  EXPECT_EQ(render("{% set secret = 1 %}{{ peek() }}", scope), "False");
}

TEST(Template, LetsMacrosSeeWhatTheirFileSets) {
  Scope scope;
  const Template macros =
      Template::parse("{% set unit = base() %}{% macro size() %}{{ unit }}{% endmacro %}", "m.sql");
  macros.define_macros(scope);
  const Template later = Template::parse("{% macro base() %}cm{% endmacro %}", "n.sql");
  later.define_macros(scope);
  EXPECT_EQ(render("{{ size() }}", scope), "cm");
}

TEST(Template, ReturnsValuesFromMacros) {
  EXPECT_EQ(render("{% macro f() %}text{% do return([1, 2]) %}more{% endmacro %}"
                   "{% for x in f() %}<{{ x }}>{% endfor %}{{ f() | length }}"),
            "<1><2>2");
  EXPECT_EQ(
      render("{% macro f(n) %}{% for i in range(9) %}{% if i == n %}{{ return(i) }}{% endif %}"
             "{% endfor %}{% endmacro %}{{ f(3) + 1 }}"),
      "4");
}

TEST(Template, IsParsedOnceAndRenderedOften) {
  const Template parsed = Template::parse("{% set n = n + 1 %}{{ n }}", "t");
  Scope scope;
  for (int i = 0; i < 3; ++i) {
    scope.set("n", i);
    EXPECT_EQ(parsed.render(scope).text(), std::to_string(i + 1));
  }
}

TEST(Template, PrintsNothingForAnInlineIfWithoutElse) {
  EXPECT_EQ(render("{% for x in [1, 2] %}{{ x }}{{ ', ' if not loop.last }}{% endfor %}"), "1, 2");
}

TEST(Template, RefusesAMacroThatOutlivesItsScope) {
  Scope keeper;
  keeper.set("kept", List{});
  const Value kept = *keeper.find("kept");
  const Template macros = Template::parse("{% macro m() %}{% endmacro %}", "m.sql");
  {
    Scope scope(&keeper);
    macros.define_macros(scope);
    render("{% macro own() %}x{% endmacro %}{% do kept.append(m) %}{% do kept.append(own) %}",
           scope);
  }
  EXPECT_THROW(render("{{ kept[0]() }}", keeper), TemplateError);
  EXPECT_THROW(render("{{ kept[1]() }}", keeper), TemplateError);
}

TEST(Template, StopsAtDeepTrees) {
  std::string sum = "1", list;
  for (int i = 0; i < 4000; ++i) sum += " + 1";
  EXPECT_THROW(render("{{ " + sum + " }}"), TemplateError);
  for (int i = 0; i < 5000; ++i) list += "{% if true %}";
  EXPECT_THROW(render(list), TemplateError);
  EXPECT_EQ(render("{% set l = [] %}{% do l.append(l) %}{{ l | length }}{% do l.pop() %}"), "1");
}

// The place that wrote the first `needle` of the rendered text.
std::string written_at(const Rendered& rendered, const std::string& needle) {
  const std::size_t at = rendered.text().find(needle);
  if (at == std::string::npos) return "not rendered";
  const std::string before = rendered.text().substr(0, at);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t begin = before.rfind('\n') == std::string::npos ? 0 : before.rfind('\n') + 1;
  return show(rendered.place_of(static_cast<int>(line) + 1, static_cast<int>(at - begin) + 1));
}

TEST(Rendered, KnowsWhereTextWasWritten) {
  Scope scope;
  scope.set("long", "one\ntwo\nthree");
  const Rendered rendered =
      Template::parse("select a,\n{%- set x = 1 %}\n  {{ long }}, b\n  from t\n", "m.sql")
          .render(scope);
  EXPECT_EQ(written_at(rendered, "select"), "m.sql:1:1");
  EXPECT_EQ(written_at(rendered, "a,"), "m.sql:1:8");
  EXPECT_EQ(written_at(rendered, "one"), "m.sql:3:6");
  EXPECT_EQ(written_at(rendered, "three"), "m.sql:3:6");
  EXPECT_EQ(written_at(rendered, ", b"), "m.sql:3:13");
  EXPECT_EQ(written_at(rendered, "from"), "m.sql:4:3");
}

TEST(Rendered, FollowsMacrosIntoTheirFile) {
  Scope scope;
  Template::parse("\n{% macro cents(c) %}\n  round({{ c }}, 2)\n{% endmacro %}", "macros/m.sql")
      .define_macros(scope);
  const Rendered rendered =
      Template::parse("select\n{{ cents('price') }} as cents\nfrom t", "m.sql").render(scope);
  EXPECT_EQ(written_at(rendered, "round"), "macros/m.sql:3:3");
  EXPECT_EQ(written_at(rendered, "price"), "macros/m.sql:3:12");
  EXPECT_EQ(written_at(rendered, ", 2)"), "macros/m.sql:3:16");
  EXPECT_EQ(written_at(rendered, "as cents"), "m.sql:2:22");
}

TEST(Rendered, FollowsLoopsAndSetBlocks) {
  const Rendered rendered =
      Template::parse(
          "{% set tail %}\nfrom t\n{% endset %}select\n{% for c in ['a', 'b'] %}  {{ c }},\n"
          "{% endfor %}é{{ 'x' }}yz{{ tail }}",
          "m.sql")
          .render(Scope());
  EXPECT_EQ(written_at(rendered, "a,"), "m.sql:4:31");
  EXPECT_EQ(written_at(rendered, "b,"), "m.sql:4:31");
  EXPECT_EQ(show(rendered.place_of(4, 2)), "m.sql:5:17");  // x, after a character of two bytes
  EXPECT_EQ(show(rendered.place_of(4, 4)), "m.sql:5:24");  // z
  EXPECT_EQ(written_at(rendered, "from t"), "m.sql:2:1");
}

TEST(Rendered, TakesPlacesPastTheEndAsTheEnd) {
  const Rendered rendered = Template::parse("ab\ncd", "m.sql").render(Scope());
  EXPECT_EQ(show(rendered.place_of(1, 99)), "m.sql:1:3");
  EXPECT_EQ(show(rendered.place_of(99, 1)), "m.sql:2:3");
  EXPECT_EQ(Template::parse("", "m.sql").render(Scope()).place_of(1, 1).line, 0);
}

TEST(TemplateError, NamesTheCallersOfAMacro) {
  Scope scope;
  Template::parse("{% macro inner(x) %}\n  {{ x.nope }}\n{% endmacro %}", "inner.sql")
      .define_macros(scope);
  Template::parse("{% macro outer() %}{{ inner({}) }}{% endmacro %}", "outer.sql")
      .define_macros(scope);
  try {
    render("select\n  {{ outer() }}", scope);
    FAIL();
  } catch (const TemplateError& error) {
    EXPECT_EQ(error.message(),
              "inner.sql:2:8: the dict has no key 'nope'\n"
              "  {{ x.nope }}\n"
              "       ^\n"
              "  in 'inner', called from outer.sql:1:23\n"
              "  in 'outer', called from model.sql:2:6");
    EXPECT_EQ(show(error.place()), "inner.sql:2:8");
  }
}

TEST(TemplateError, KeepsWhatAFunctionThrew) {
  Scope scope;
  scope.set_function("stop", [](const CallArguments&) -> Value {
    throw Error("stopped", "go on", ErrorCode::interrupted);
  });
  try {
    render("a\n {{ 1 + stop() }}", scope);
    FAIL();
  } catch (const TemplateError& error) {
    EXPECT_EQ(error.message(), "model.sql:2:9: stopped\n {{ 1 + stop() }}\n        ^");
    EXPECT_EQ(error.hint(), "go on");
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
}

// Each testdata/dbt/template_errors/*.txt has a template, a line of =====, and its error.
TEST(TemplateError, ShowsThePlaceAndWhatIsLikelyMeant) {
  const std::string mark = "\n=====\n";
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(GSA_TESTDATA) + "/template_errors")) {
    ++files;
    const std::string golden = read_file(entry.path());
    const std::string text = golden.substr(0, golden.find(mark));
    Scope scope;
    fill(scope);
    std::string actual = "no error\n";
    try {
      render(text, scope);
    } catch (const TemplateError& error) {
      actual = fmt::format("error: {}\n", error.message());
      if (!error.hint().empty()) actual += fmt::format("hint: {}\n", error.hint());
    }
    if (std::getenv("GSA_UPDATE_GOLDEN") != nullptr) {
      write_file(entry.path(), text + mark + actual);
    } else {
      EXPECT_EQ(text + mark + actual, golden) << entry.path();
    }
  }
  EXPECT_GE(files, 35);
}

// The limit fits an unloaded machine and leaves room for sanitizers: it only catches a change of
// complexity.
TEST(Template, RendersThousandsOfTemplatesInNoTime) {
  Scope scope;
  fill(scope);
  const Template parsed = Template::parse(
      "{% set cols = ['a', 'b', 'c'] %}select {% for c in cols %}{{ c | upper }}"
      "{{ ', ' if not loop.last }}{% endfor %} from {{ ref('t') }}{% if true %} where x{% endif %}",
      "m.sql");
  const Stopwatch watch;
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(parsed.render(scope).text(), "select A, B, C from \"t\" where x");
  }
  EXPECT_LT(watch.seconds(), 2.0);
}

}  // namespace
}  // namespace gsa::jinja
