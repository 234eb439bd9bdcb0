#include "jinja/template.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/text.h"
#include "jinja/template_eval.h"
#include "jinja/template_parser.h"

namespace gsa::jinja {
namespace {

constexpr std::size_t kMaxExcerpt = 160;  // characters of a source line in an error
constexpr int kMaxCallers = 8;            // macro calls listed in an error

// The source line and a caret below the column; for a long line, only the part around the column.
std::string excerpt(std::string_view line, const Place& place) {
  std::vector<std::string_view> letters = characters(strip_right(line));
  auto column = static_cast<std::size_t>(place.column - 1);
  std::string shown, caret;
  if (letters.size() > kMaxExcerpt) {
    const std::size_t first =
        std::min(column - std::min(column, kMaxExcerpt / 2), letters.size() - kMaxExcerpt);
    letters = {letters.begin() + static_cast<std::ptrdiff_t>(first),
               letters.begin() + static_cast<std::ptrdiff_t>(first + kMaxExcerpt)};
    column -= first;
  }
  for (const std::string_view letter : letters) shown += letter;
  for (std::size_t i = 0; i < column; ++i) {
    const bool tab = i < letters.size() && letters[i] == "\t";
    caret += tab ? "\t" : std::string(i < letters.size() ? display_width(letters[i]) : 1, ' ');
  }
  return fmt::format("{}\n{}^", shown, caret);
}

std::string error_message(const TemplateSource& source, std::size_t offset,
                          const std::string& what) {
  const Place place = source.place(offset);
  return fmt::format("{}:{}:{}: {}\n{}", place.file, place.line, place.column, what,
                     excerpt(source.line(place.line), place));
}

// Closes the module of a rendered file, even if rendering throws.
class Closing {
 public:
  explicit Closing(Module& module) : module_(module) {}
  ~Closing() { module_.close(); }
  Closing(const Closing&) = delete;
  Closing& operator=(const Closing&) = delete;

 private:
  Module& module_;
};

}  // namespace

TemplateError::TemplateError(const TemplateSource& source, std::size_t offset,
                             const std::string& what, std::string hint, ErrorCode code)
    : Error(error_message(source, offset, what), std::move(hint), code),
      place_(source.place(offset)) {}

TemplateError::TemplateError(std::string message, const TemplateError& from)
    : Error(std::move(message), from.hint(), from.code()),
      place_(from.place_),
      callers_(from.callers_ + 1) {}

TemplateError TemplateError::called_from(std::string_view macro, const Place& call) const {
  if (callers_ >= kMaxCallers) return *this;
  return {fmt::format("{}\n  in '{}', called from {}:{}:{}", message(), macro, call.file, call.line,
                      call.column),
          *this};
}

Rendered::Rendered(std::string text, Origin origin)
    : text_(std::move(text)), origin_(std::move(origin)) {}

Place Rendered::place_of(int line, int column) const {
  if (origin_.empty()) return {};
  std::size_t offset = 0;
  for (int i = 1; i < line; ++i) {
    const std::size_t end = text_.find('\n', offset);
    if (end == std::string::npos) {
      offset = text_.size();
      break;
    }
    offset = end + 1;
  }
  const std::string_view rest = std::string_view(text_).substr(offset);
  const std::vector<std::string_view> letters = characters(rest.substr(0, rest.find('\n')));
  for (std::size_t i = 0; i + 1 < static_cast<std::size_t>(std::max(column, 1)); ++i) {
    if (i >= letters.size()) break;
    offset += letters[i].size();
  }
  const auto after =
      std::upper_bound(origin_.begin(), origin_.end(), offset,
                       [](std::size_t at, const Piece& piece) { return at < piece.begin; });
  const Piece& piece = *(after - 1);
  return piece.source->place(piece.verbatim ? piece.offset + (offset - piece.begin) : piece.offset);
}

Scope::Scope(const Scope* parent) : parent_(parent) {}

Scope::~Scope() {
  for (const auto& module : modules_) module->close();
}

void Scope::set(std::string name, Value value) {
  values_.insert_or_assign(std::move(name), std::move(value));
}

void Scope::set_function(const std::string& name, Function call) {
  set(name, Value::function(name, std::move(call)));
}

std::optional<Value> Scope::exchange(const std::string& name, std::optional<Value> value) {
  const auto found = values_.find(name);
  std::optional<Value> before;
  if (found != values_.end()) before = found->second;
  if (value) {
    set(name, std::move(*value));
  } else if (before) {
    values_.erase(found);
  }
  return before;
}

const Value* Scope::find(std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent_) {
    const auto found = scope->values_.find(name);
    if (found != scope->values_.end()) return &found->second;
  }
  return nullptr;
}

std::vector<std::string> Scope::names() const {
  std::vector<std::string> names;
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent_) {
    for (const auto& [name, value] : scope->values_) names.push_back(name);
  }
  return names;
}

const UndefinedNames& Scope::undefined() const {
  static const UndefinedNames kErrors;
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent_) {
    if (scope->undefined_) return *scope->undefined_;
  }
  return kErrors;
}

UndefinedNames undefined_is_empty(std::vector<std::string>& warnings) {
  UndefinedNames names;
  names.printed = [&warnings](const Place& place, const Undefined& why) {
    std::string text = fmt::format("{}:{}:{}: {}, and is taken as empty text", place.file,
                                   place.line, place.column, why.what);
    if (std::find(warnings.begin(), warnings.end(), text) == warnings.end()) {
      warnings.push_back(std::move(text));
    }
  };
  return names;
}

Template Template::parse(std::string text, std::string file) {
  return Template(
      parse_template(std::make_shared<const TemplateSource>(std::move(text), std::move(file))));
}

Rendered Template::render(const Scope& scope) const {
  const auto module = std::make_shared<Module>();
  module->root = root_;
  module->globals = &scope;
  const Closing closing(*module);
  Text text = render_module(module);
  return {std::move(text.text), std::move(text.origin)};
}

void Template::define_macros(Scope& scope) const {
  const auto module = std::make_shared<Module>();
  module->root = root_;
  module->globals = &scope;
  module->ready = false;
  scope.modules_.push_back(module);
  for (const Node& node : root_->body) {
    if (const auto* macro = std::get_if<MacroNode>(&node.node)) {
      scope.set(macro->name, make_macro(module, *macro));
    }
  }
}

std::vector<std::pair<std::string, Place>> Template::materializations() const {
  std::vector<std::pair<std::string, Place>> found;
  for (const Node& node : root_->body) {
    if (const auto* block = std::get_if<SkippedNode>(&node.node)) {
      found.emplace_back(block->name, root_->source->place(node.offset));
    }
  }
  return found;
}

std::vector<std::string> Template::macro_names() const {
  std::vector<std::string> names;
  for (const Node& node : root_->body) {
    if (const auto* macro = std::get_if<MacroNode>(&node.node)) names.push_back(macro->name);
  }
  return names;
}

}  // namespace gsa::jinja
