#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <boost/regex.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "jinja/python_modules.h"

namespace gsa::jinja {
namespace {

using Regex = boost::basic_regex<char>;
using Match = boost::match_results<std::string::const_iterator>;

constexpr std::int64_t kIgnoreCase = 2, kMultiline = 8, kDotAll = 16;  // Python's numbers

// Translates Python's named groups into Perl's: (?P<a>…) is (?<a>…), (?P=a) is \k<a>, \Z is \z.
std::string in_perl(std::string_view pattern, std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      out += '\\';
      out += pattern[++i] == 'Z' ? 'z' : pattern[i];
    } else if (pattern.substr(i, 4) == "(?P<") {
      const std::size_t end = pattern.find('>', i);
      if (end != std::string_view::npos) names.emplace_back(pattern.substr(i + 4, end - i - 4));
      out += "(?<";
      i += 3;
    } else if (const std::size_t end = pattern.find(')', i);
               pattern.substr(i, 4) == "(?P=" && end != std::string_view::npos) {
      out += fmt::format("\\k<{}>", pattern.substr(i + 4, end - i - 4));
      i = end;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

struct Pattern {
  std::string text;
  std::vector<std::string> names;  // of groups
  Regex regex;
};
using PatternPtr = std::shared_ptr<const Pattern>;

PatternPtr compile(const std::string& text, std::int64_t flags) {
  auto pattern = std::make_shared<Pattern>();
  pattern->text = text;
  std::string perl = in_perl(text, pattern->names);
  if ((flags & kDotAll) != 0) {
    perl.insert(0, "(?s)");
  } else {
    perl.insert(0, "(?-s)");
  }
  perl.insert(0, (flags & kMultiline) != 0 ? "(?m)" : "(?-m)");
  try {
    pattern->regex.assign(perl, (flags & kIgnoreCase) != 0
                                    ? boost::regex::perl | boost::regex::icase
                                    : boost::regex::perl);
  } catch (const boost::regex_error& error) {
    throw Error(fmt::format("the regular expression '{}' cannot be read: {}", text,
                            std::string(error.what()).substr(0, 200)));
  }
  return pattern;
}

// Turns a match that takes too long or too much stack into an error of the template.
template <typename Work>
auto guarded(const Pattern& pattern, Work work) {
  try {
    return work();
  } catch (const std::runtime_error& error) {
    if (dynamic_cast<const Error*>(&error) != nullptr) throw;
    throw Error(fmt::format("the regular expression '{}' is too costly here: {}", pattern.text,
                            error.what()));
  }
}

std::string group_text(const Match& match, int group) { return match[group].str(); }

Value group_value(const Match& match, int group) {
  return match[group].matched ? Value(group_text(match, group)) : Value();
}

std::int64_t characters_before(const std::string& text, std::string::const_iterator at) {
  std::int64_t count = 0;
  for (auto i = text.begin(); i != at; ++i) {
    if ((static_cast<unsigned char>(*i) & 0xc0) != 0x80) ++count;
  }
  return count;
}

// A match as a Python object. It keeps the text alive that it points into.
Value match_value(const PatternPtr& pattern, const std::shared_ptr<const std::string>& text,
                  const Match& match) {
  const auto index_of = [pattern, match](const Value& group) -> int {
    if (group.is_string()) {
      if (match[group.as_string()].matched) {
        for (int i = 1; i < static_cast<int>(match.size()); ++i) {
          if (match[i].first == match[group.as_string()].first &&
              match[i].second == match[group.as_string()].second) {
            return i;
          }
        }
      }
      for (const std::string& name : pattern->names) {
        if (name == group.as_string())
          return static_cast<int>(match.size());  // the group did not take part
      }
      throw Error(fmt::format("no such group: '{}'", group.as_string()));
    }
    const std::int64_t index = group.as_integer();
    if (index < 0 || index >= static_cast<std::int64_t>(match.size())) {
      throw Error(fmt::format("no such group: {}", index));
    }
    return static_cast<int>(index);
  };
  const auto chosen = [index_of](const CallArguments& arguments) {
    return arguments.positional.empty() ? 0 : index_of(arguments.positional[0]);
  };
  Dict attributes;
  const auto method = [&](const char* name, Function call) {
    attributes.set(name, Value::function(name, std::move(call)));
  };
  method("group", [text, match, index_of](const CallArguments& arguments) -> Value {
    if (arguments.positional.size() < 2) {
      return group_value(match,
                         arguments.positional.empty() ? 0 : index_of(arguments.positional[0]));
    }
    List groups;
    for (const Value& group : arguments.positional) {
      groups.push_back(group_value(match, index_of(group)));
    }
    return Value::tuple(std::move(groups));
  });
  method("groups", [text, match](const CallArguments& arguments) {
    const Value* otherwise = arguments.find(0, "default");
    List groups;
    for (int i = 1; i < static_cast<int>(match.size()); ++i) {
      groups.push_back(match[i].matched || otherwise == nullptr ? group_value(match, i)
                                                                : *otherwise);
    }
    return Value::tuple(std::move(groups));
  });
  method("groupdict", [text, match, pattern](const CallArguments&) {
    Dict groups;
    for (const std::string& name : pattern->names) {
      groups.set(name, match[name].matched ? Value(match[name].str()) : Value());
    }
    return Value(std::move(groups));
  });
  method("start", [text, match, chosen](const CallArguments& arguments) {
    return Value(characters_before(*text, match[chosen(arguments)].first));
  });
  method("end", [text, match, chosen](const CallArguments& arguments) {
    return Value(characters_before(*text, match[chosen(arguments)].second));
  });
  method("span", [text, match, chosen](const CallArguments& arguments) {
    const int group = chosen(arguments);
    return Value::tuple({Value(characters_before(*text, match[group].first)),
                         Value(characters_before(*text, match[group].second))});
  });
  return Value::object("match", "<re.Match object>", std::move(attributes));
}

enum class Where { begin, anywhere, whole };

Value find(const PatternPtr& pattern, const std::string& given, Where where) {
  const auto text = std::make_shared<const std::string>(given);
  return guarded(*pattern, [&]() -> Value {
    Match match;
    const bool found = where == Where::whole
                           ? boost::regex_match(text->begin(), text->end(), match, pattern->regex)
                           : boost::regex_search(text->begin(), text->end(), match, pattern->regex,
                                                 where == Where::begin ? boost::match_continuous
                                                                       : boost::match_default);
    return found ? match_value(pattern, text, match) : Value();
  });
}

// Calls `take` with each match, from left to right.
template <typename Take>
void for_each_match(const Pattern& pattern, const std::string& text, Take take) {
  guarded(pattern, [&] {
    const boost::sregex_iterator end;
    for (boost::sregex_iterator at(text.begin(), text.end(), pattern.regex); at != end; ++at) {
      if (!take(*at)) return 0;
    }
    return 0;
  });
}

Value find_all(const Pattern& pattern, const std::string& text) {
  List found;
  for_each_match(pattern, text, [&](const Match& match) {
    if (match.size() <= 2) {
      found.emplace_back(group_text(match, match.size() == 2 ? 1 : 0));
      return true;
    }
    List groups;
    for (int i = 1; i < static_cast<int>(match.size()); ++i)
      groups.emplace_back(group_text(match, i));
    found.push_back(Value::tuple(std::move(groups)));
    return true;
  });
  return found;
}

Value split_at(const Pattern& pattern, const std::string& text, std::int64_t most) {
  List parts;
  auto from = text.begin();
  std::int64_t count = 0;
  for_each_match(pattern, text, [&](const Match& match) {
    if (most > 0 && count++ == most) return false;
    parts.emplace_back(std::string(from, match[0].first));
    for (int i = 1; i < static_cast<int>(match.size()); ++i) parts.push_back(group_value(match, i));
    from = match[0].second;
    return true;
  });
  parts.emplace_back(std::string(from, text.end()));
  return parts;
}

// Replaces \1, \g<1> and \g<name> in the replacement of a match.
std::string expanded(const std::string& by, const Match& match) {
  std::string out;
  for (std::size_t i = 0; i < by.size(); ++i) {
    if (by[i] != '\\' || i + 1 == by.size()) {
      out += by[i];
      continue;
    }
    const char c = by[++i];
    const std::size_t end = c == 'g' ? by.find('>', i) : std::string::npos;
    if (c >= '0' && c <= '9') {
      const int group = c - '0';
      if (group >= static_cast<int>(match.size())) {
        throw Error(fmt::format("invalid group reference {}", group));
      }
      out += group_text(match, group);
    } else if (end != std::string::npos && i + 1 < by.size() && by[i + 1] == '<') {
      const std::string name = by.substr(i + 2, end - i - 2);
      const bool number = !name.empty() && name.size() < 4 &&
                          name.find_first_not_of("0123456789") == std::string::npos;
      out += number ? group_text(match, std::stoi(name)) : match[name].str();
      i = end;
    } else {
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
  }
  return out;
}

Value substitute(const PatternPtr& pattern, const Value& by, const std::string& given,
                 std::int64_t most) {
  const auto text = std::make_shared<const std::string>(given);
  std::string out;
  auto from = text->begin();
  std::int64_t count = 0;
  for_each_match(*pattern, *text, [&](const Match& match) {
    if (most > 0 && count++ == most) return false;
    out.append(from, match[0].first);
    if (by.is_callable()) {
      CallArguments arguments;
      arguments.positional.push_back(match_value(pattern, text, match));
      out += by.as_object().call(arguments).str();
    } else {
      out += expanded(by.as_string(), match);
    }
    from = match[0].second;
    return true;
  });
  out.append(from, text->end());
  return out;
}

std::int64_t number(const CallArguments& arguments, std::size_t position, std::string_view name) {
  const Value* found = arguments.find(position, name);
  return found == nullptr ? 0 : found->as_integer();
}

PatternPtr pattern_of(const CallArguments& arguments, std::size_t flags_at) {
  return compile(arguments.find(0, "pattern")->as_string(), number(arguments, flags_at, "flags"));
}

const std::string& text_of(const CallArguments& arguments, std::size_t position) {
  return arguments.find(position, "string")->as_string();
}

// The methods of a compiled pattern.
Value compiled(const std::string& text, std::int64_t flags) {
  const PatternPtr pattern = compile(text, flags);
  Dict attributes;
  attributes.set("pattern", Value(text));
  const auto method = [&](const char* name, Function call) {
    attributes.set(name, Value::function(name, std::move(call)));
  };
  for (const auto& [name, where] :
       {std::pair("match", Where::begin), std::pair("search", Where::anywhere),
        std::pair("fullmatch", Where::whole)}) {
    method(name, [pattern, where](const CallArguments& arguments) {
      arguments.expect("match", 1, {"string"});
      return find(pattern, text_of(arguments, 0), where);
    });
  }
  method("findall", [pattern](const CallArguments& arguments) {
    arguments.expect("findall", 1, {"string"});
    return find_all(*pattern, text_of(arguments, 0));
  });
  method("split", [pattern](const CallArguments& arguments) {
    arguments.expect("split", 1, {"string", "maxsplit"});
    return split_at(*pattern, text_of(arguments, 0), number(arguments, 1, "maxsplit"));
  });
  method("sub", [pattern](const CallArguments& arguments) {
    arguments.expect("sub", 2, {"repl", "string", "count"});
    return substitute(pattern, *arguments.find(0, "repl"), text_of(arguments, 1),
                      number(arguments, 2, "count"));
  });
  return Value::object("pattern", fmt::format("re.compile({})", Value(text).repr()),
                       std::move(attributes));
}

std::string escaped(const std::string& text) {
  constexpr std::string_view kSpecial = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
  std::string out;
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

Value regex_module() {
  Dict attributes;
  const auto function = [&](const char* name, Function call) {
    attributes.set(name, Value::function(name, std::move(call)));
  };
  for (const auto& [name, where] :
       {std::pair("match", Where::begin), std::pair("search", Where::anywhere),
        std::pair("fullmatch", Where::whole)}) {
    function(name, [name = name, where = where](const CallArguments& arguments) {
      arguments.expect(name, 2, {"pattern", "string", "flags"});
      return find(pattern_of(arguments, 2), text_of(arguments, 1), where);
    });
  }
  function("findall", [](const CallArguments& arguments) {
    arguments.expect("findall", 2, {"pattern", "string", "flags"});
    return find_all(*pattern_of(arguments, 2), text_of(arguments, 1));
  });
  function("split", [](const CallArguments& arguments) {
    arguments.expect("split", 2, {"pattern", "string", "maxsplit", "flags"});
    return split_at(*pattern_of(arguments, 3), text_of(arguments, 1),
                    number(arguments, 2, "maxsplit"));
  });
  function("sub", [](const CallArguments& arguments) {
    arguments.expect("sub", 3, {"pattern", "repl", "string", "count", "flags"});
    return substitute(pattern_of(arguments, 4), *arguments.find(1, "repl"), text_of(arguments, 2),
                      number(arguments, 3, "count"));
  });
  function("escape", [](const CallArguments& arguments) {
    arguments.expect("escape", 1, {"pattern"});
    return Value(escaped(arguments.find(0, "pattern")->as_string()));
  });
  function("compile", [](const CallArguments& arguments) {
    arguments.expect("compile", 1, {"pattern", "flags"});
    return compiled(arguments.find(0, "pattern")->as_string(), number(arguments, 1, "flags"));
  });
  for (const auto& [name, flag] :
       {std::pair("I", kIgnoreCase), std::pair("IGNORECASE", kIgnoreCase),
        std::pair("M", kMultiline), std::pair("MULTILINE", kMultiline), std::pair("S", kDotAll),
        std::pair("DOTALL", kDotAll)}) {
    attributes.set(name, Value(flag));
  }
  return Value::object("modules.re", "<module 're'>", std::move(attributes));
}

}  // namespace gsa::jinja
