#include "dbt/selectors_yml.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/yaml.h"

namespace gsa::dbt {
namespace {

const std::string kSelectorsFile = "selectors.yml";
const std::vector<std::string> kTermKeys = {
    "method",   "value",          "childrens_parents",  "parents", "parents_depth",
    "children", "children_depth", "indirect_selection", "exclude"};

using Kind = SelectionSpec::Kind;

// Errors of the command line's parser have no place; this adds that of `yaml`.
template <typename Work>
auto at_place(const Yaml& yaml, Work work) {
  try {
    return work();
  } catch (const Error& error) {
    throw yaml.error(error.message(), error.hint());
  }
}

class SelectorReader {
 public:
  explicit SelectorReader(NamedSelections& known) : known_(known) {}

  SelectionSpec read(const Yaml& yaml) {
    if (yaml.is_scalar()) return of_text(yaml);
    if (!yaml.is_map()) throw yaml.error("a definition is text or a map");
    for (const auto& [key, kind] :
         {std::pair("union", Kind::any), std::pair("intersection", Kind::all)}) {
      if (const std::optional<Yaml> parts = yaml.find(key)) {
        const std::vector<Yaml::Entry> entries = yaml.entries();
        if (entries.size() > 1) yaml.expect_keys("a selector", {key});
        return of_parts(*parts, kind);
      }
    }
    const std::vector<Yaml::Entry> entries = yaml.entries();
    if (entries.size() == 1 && entries[0].key != "method") return of_pair(entries[0]);
    return of_term(yaml);
  }

 private:
  static SelectionSpec of_term(SelectionTerm term) {
    SelectionSpec spec;
    spec.kind = Kind::term;
    spec.text = term.text;
    spec.term = std::move(term);
    return spec;
  }

  static SelectionSpec of_text(const Yaml& yaml) {
    return at_place(yaml, [&] { return of_term(parse_term(yaml.string())); });
  }

  // `tag: nightly`
  static SelectionSpec of_pair(const Yaml::Entry& entry) {
    SelectionTerm term;
    term.value = entry.value.string();
    term.text = entry.key + ":" + term.value;
    return at_place(entry.value, [&] {
      set_method(term, entry.key);
      return of_term(std::move(term));
    });
  }

  SelectionSpec of_term(const Yaml& yaml) {
    yaml.expect_keys("a selector", kTermKeys);
    const std::optional<Yaml> method = yaml.find("method"), value = yaml.find("value");
    if (!method || !value) throw yaml.error("a selector has a method and a value");
    if (method->string() == "selector") return of_name(*value);
    SelectionTerm term;
    term.value = value->string();
    term.text = method->string() + ":" + term.value;
    at_place(*method, [&] { set_method(term, method->string()); });
    term.with_at = flag(yaml, "childrens_parents");
    if (flag(yaml, "parents")) term.up = depth(yaml, "parents_depth");
    if (flag(yaml, "children")) term.down = depth(yaml, "children_depth");
    if (term.with_at && term.down) {
      throw yaml.error("childrens_parents already includes the children");
    }
    term.tests = indirect_tests(yaml);
    SelectionSpec spec = of_term(std::move(term));
    const std::optional<Yaml> exclude = yaml.find("exclude");
    return exclude ? without(std::move(spec), *exclude) : spec;
  }

  static bool flag(const Yaml& yaml, const char* key) {
    const std::optional<Yaml> found = yaml.find(key);
    return found && found->boolean();
  }

  static int depth(const Yaml& yaml, const char* key) {
    const std::optional<Yaml> found = yaml.find(key);
    if (!found) return parse_depth("");
    const Value value = found->value();
    if (!value.is_integer() || value.as_integer() < 0) {
      throw found->error("a depth is a number of steps");
    }
    return parse_depth(value.as_integer() == 0 ? "" : value.str());  // dbt reads 0 as any depth
  }

  static IndirectTests indirect_tests(const Yaml& yaml) {
    const std::optional<Yaml> found = yaml.find("indirect_selection");
    if (!found || found->string() == "eager") return IndirectTests::eager;
    if (found->string() == "cautious") return IndirectTests::cautious;
    if (found->string() == "buildable") return IndirectTests::buildable;
    if (found->string() == "empty") return IndirectTests::none;
    throw found->error(fmt::format("indirect_selection = '{}' is not known", found->string()),
                       "use one of: eager, cautious, buildable, empty");
  }

  SelectionSpec of_name(const Yaml& name) {
    const auto found = known_.by_name.find(name.string());
    if (found != known_.by_name.end()) return found->second;
    throw name.error(fmt::format("no selector '{}' is defined before this one", name.string()));
  }

  SelectionSpec of_parts(const Yaml& parts, Kind kind) {
    SelectionSpec spec;
    spec.kind = kind;
    std::optional<Yaml> exclude;
    for (const Yaml& part : parts.items()) {
      const std::optional<Yaml> excluded =
          part.is_map() && !part.find("method") ? part.find("exclude") : std::nullopt;
      if (!excluded) {
        spec.parts.push_back(read(part));
      } else if (exclude) {
        throw excluded->error("a union or intersection has one exclude");
      } else {
        exclude = excluded;
      }
    }
    return exclude ? without(std::move(spec), *exclude) : spec;
  }

  SelectionSpec without(SelectionSpec spec, const Yaml& exclude) {
    SelectionSpec excluded;
    for (const Yaml& part : exclude.items()) excluded.parts.push_back(read(part));
    SelectionSpec both;
    both.kind = Kind::without;
    both.parts.push_back(std::move(spec));
    both.parts.push_back(std::move(excluded));
    return both;
  }

  NamedSelections& known_;
};

}  // namespace

NamedSelections read_selectors_yml(const ProjectFiles& files) {
  NamedSelections found;
  if (files.find(kSelectorsFile) == nullptr) return found;
  const Yaml root = Yaml::parse(files, kSelectorsFile);
  if (root.is_null()) return found;
  root.expect_keys(kSelectorsFile, {"selectors", "version"});
  const std::optional<Yaml> selectors = root.find("selectors");
  if (!selectors) return found;
  for (const Yaml& item : selectors->items()) {
    item.expect_keys("a selector", {"name", "definition", "default", "description"});
    const std::optional<Yaml> name = item.find("name"), definition = item.find("definition");
    if (!name) throw item.error("this selector has no name");
    if (!definition) throw item.error("this selector has no definition");
    SelectionSpec spec = SelectorReader(found).read(*definition);
    spec.text = name->string();
    found.by_name[name->string()] = std::move(spec);
    const std::optional<Yaml> by_default = item.find("default");
    if (!by_default || !by_default->boolean()) continue;
    if (!found.by_default.empty()) {
      throw by_default->error(
          fmt::format("the selector '{}' is the default already", found.by_default));
    }
    found.by_default = name->string();
  }
  return found;
}

}  // namespace gsa::dbt
