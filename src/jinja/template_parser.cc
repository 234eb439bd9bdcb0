#include "jinja/template_parser.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "jinja/template_expression_parser.h"
#include "jinja/template_lexer.h"

namespace gsa::jinja {
namespace {

constexpr std::size_t kMaxBlockDepth = 100;  // for nested blocks, because the parser is recursive

// Tags that begin a statement, tags that continue or end one, and other tags of Jinja and dbt.
const std::vector<std::string>& tag_names() {
  static const std::vector<std::string> names = {
      "set",      "if",      "for",      "macro",     "test", "call",   "filter",
      "do",       "break",   "continue", "elif",      "else", "endif",  "endfor",
      "endmacro", "endtest", "endcall",  "endfilter", "raw",  "endraw", "endset"};
  return names;
}

constexpr std::array<std::string_view, 11> kUnsupported = {
    "include",    "import", "from",  "extends",  "block", "with",
    "autoescape", "trans",  "debug", "snapshot", "docs"};

struct OpenBlock {
  std::string name;
  std::size_t offset;
};

class Parser {
 public:
  explicit Parser(const TemplateSource& source) : tokens_(source), expressions_(tokens_) {}

  Body parse() {
    Body body = parse_body({});
    check_end();
    return body;
  }

 private:
  // Parses nodes up to a tag in `ends`, or to the end of the file. Leaves that tag as the current
  // token, after its {%.
  Body parse_body(std::initializer_list<std::string_view> ends) {
    Body body;
    while (!tokens_.is(TokenKind::end)) {
      const std::size_t offset = tokens_.current().offset;
      if (tokens_.is(TokenKind::text)) {
        body.push_back({offset, TextNode{tokens_.next().text}});
      } else if (tokens_.is(TokenKind::output_begin)) {
        body.push_back(parse_output());
      } else {
        tokens_.expect(TokenKind::block_begin, "a block");
        if (!tokens_.is(TokenKind::name)) {
          tokens_.fail(
              fmt::format("expected the name of a tag, got {}", tokens_.describe_current()));
        }
        if (std::find(ends.begin(), ends.end(), tokens_.current().text) != ends.end()) return body;
        body.push_back(parse_statement());
      }
    }
    return body;
  }

  void check_end() {
    if (open_.empty()) return;
    const OpenBlock& open = open_.back();
    tokens_.fail_at(open.offset, fmt::format("the block '{}' is not closed", open.name),
                    fmt::format("close it with {{% end{} %}}", open.name));
  }

  Node parse_output() {
    const std::size_t offset = tokens_.next().offset;
    if (tokens_.is(TokenKind::output_end)) tokens_.fail("expected an expression between {{ and }}");
    ExpressionPtr expression = expressions_.parse_tuple();
    if (!tokens_.is(TokenKind::output_end)) {
      tokens_.fail(
          fmt::format("expected '}}}}' or an operator, got {}", tokens_.describe_current()));
    }
    tokens_.next();
    return {offset, OutputNode{std::move(expression)}};
  }

  Node parse_statement() {
    const Token& tag = tokens_.next();
    const std::size_t offset = tag.offset;
    if (tag.text == "set") return parse_set(offset);
    if (tag.text == "if") return parse_if(offset);
    if (tag.text == "for") return parse_for(offset);
    if (tag.text == "macro" || tag.text == "test") return parse_macro(tag);
    if (tag.text == "call") return parse_call(tag);
    if (tag.text == "filter") return parse_filter_block(offset);
    if (tag.text == "do") {
      ExpressionPtr expression = expressions_.parse_tuple();
      end_tag("do");
      return {offset, DoNode{std::move(expression)}};
    }
    if (tag.text == "break" || tag.text == "continue") return parse_jump(tag);
    if (tag.text == "materialization") return skip_block(tag, "endmaterialization");
    unexpected_tag(tag);
  }

  [[noreturn]] void unexpected_tag(const Token& tag) const {
    if (std::find(kUnsupported.begin(), kUnsupported.end(), tag.text) != kUnsupported.end()) {
      tokens_.fail_at(tag.offset, fmt::format("the tag '{}' is not supported", tag.text));
    }
    const std::vector<std::string>& known = tag_names();
    if (std::find(known.begin(), known.end(), tag.text) == known.end()) {
      // For {% fi %}, suggest the tag with the same letters in another order: the likeliest typo.
      std::string hint = did_you_mean(tag.text, known);
      for (const std::string& name : known) {
        if (std::is_permutation(name.begin(), name.end(), tag.text.begin(), tag.text.end())) {
          hint = fmt::format("did you mean '{}'?", name);
        }
      }
      tokens_.fail_at(tag.offset, fmt::format("unknown tag '{}'", tag.text), hint);
    }
    if (open_.empty()) {
      tokens_.fail_at(tag.offset, fmt::format("unexpected '{}': no block is open", tag.text));
    }
    const OpenBlock& open = open_.back();
    tokens_.fail_at(tag.offset,
                    fmt::format("unexpected '{}': the block '{}' of line {} is still open",
                                tag.text, open.name, tokens_.source().place(open.offset).line),
                    fmt::format("close it with {{% end{} %}}", open.name));
  }

  void end_tag(std::string_view tag) {
    if (tokens_.is(TokenKind::block_end)) {
      tokens_.next();
      return;
    }
    const bool assigns = tokens_.is_symbol("=") && (tag == "if" || tag == "elif");
    tokens_.fail(fmt::format("expected the end of '{}', got {}", tag, tokens_.describe_current()),
                 assigns ? "== compares" : "");
  }

  void open(std::string_view name, std::size_t offset) {
    if (open_.size() >= kMaxBlockDepth) tokens_.fail_at(offset, "the blocks are nested too deeply");
    open_.push_back({std::string(name), offset});
  }

  // After parse_body: parses the tag that ends the innermost block.
  void close() {
    if (tokens_.is(TokenKind::end)) check_end();
    const Token& tag = tokens_.next();
    end_tag(tag.text);
    open_.pop_back();
  }

  Node parse_set(std::size_t offset) {
    Target target = expressions_.parse_target();
    if (tokens_.skip_symbol("=")) {
      ExpressionPtr value = expressions_.parse_tuple();
      end_tag("set");
      return {offset, SetNode{std::move(target), std::move(value)}};
    }
    ExpressionPtr filters = expressions_.parse_filters_only();
    if (!tokens_.is(TokenKind::block_end)) {
      tokens_.fail(
          fmt::format("expected '=' or the end of 'set', got {}", tokens_.describe_current()));
    }
    if (!target.items.empty()) {
      tokens_.fail_at(target.offset, "a {% set %} block assigns to one name");
    }
    end_tag("set");
    open("set", offset);
    Body body = parse_body({"endset"});
    close();
    return {offset, SetBlockNode{std::move(target), std::move(filters), std::move(body)}};
  }

  Node parse_if(std::size_t offset) {
    IfNode node;
    open("if", offset);
    std::string_view tag = "if";
    while (tag == "if" || tag == "elif") {
      ExpressionPtr condition = expressions_.parse_tuple(false);
      end_tag(tag);
      Body body = parse_body({"elif", "else", "endif"});
      node.branches.emplace_back(std::move(condition), std::move(body));
      if (tokens_.is(TokenKind::end)) check_end();
      tag = tokens_.current().text;
      if (tag == "elif") tokens_.next();
    }
    if (tokens_.skip_name("else")) {
      if (tokens_.is_name("if"))
        tokens_.fail("unexpected 'if' after 'else'", "did you mean 'elif'?");
      end_tag("else");
      node.otherwise = parse_body({"endif"});
    }
    close();
    return {offset, std::move(node)};
  }

  Node parse_for(std::size_t offset) {
    ForNode node;
    node.target = expressions_.parse_target();
    check_names_only(node.target);
    tokens_.expect_name("in");
    node.list = expressions_.parse_tuple(false);
    if (tokens_.skip_name("if")) node.condition = expressions_.parse();
    if (tokens_.is_name("recursive")) tokens_.fail("recursive loops are not supported");
    end_tag("for");
    open("for", offset);
    const int mentions = expressions_.mentions("loop");
    ++loops_;
    node.body = parse_body({"else", "endfor"});
    --loops_;
    node.uses_loop = expressions_.mentions("loop") > mentions;
    if (tokens_.skip_name("else")) {
      end_tag("else");
      node.otherwise = parse_body({"endfor"});
    }
    close();
    return {offset, std::move(node)};
  }

  void check_names_only(const Target& target) const {
    if (!target.attribute.empty()) {
      tokens_.fail_at(target.offset, "a loop assigns to names, not to attributes");
    }
    if (target.name == "loop") {
      tokens_.fail_at(target.offset, "cannot assign to 'loop' in a loop");
    }
    for (const Target& item : target.items) check_names_only(item);
  }

  Node parse_jump(const Token& tag) {
    if (loops_ == 0) tokens_.fail_at(tag.offset, fmt::format("'{}' outside of a loop", tag.text));
    end_tag(tag.text);
    if (tag.text == "break") return {tag.offset, BreakNode{}};
    return {tag.offset, ContinueNode{}};
  }

  Node parse_macro(const Token& tag) {
    const Token& name =
        tokens_.expect(TokenKind::name, fmt::format("the name of the {}", tag.text));
    MacroNode node;
    node.name = tag.text == "test" ? fmt::format("test_{}", name.text) : std::string(name.text);
    parse_parameters(node);
    node.signature = std::string(
        tokens_.source().text().substr(name.offset, tokens_.current().offset - name.offset));
    node.signature = std::string(trim(node.signature));
    end_tag(tag.text);
    open(tag.text, tag.offset);
    const int varargs = expressions_.mentions("varargs");
    const int kwargs = expressions_.mentions("kwargs");
    const int callers = expressions_.mentions("caller");
    const int loops = std::exchange(loops_, 0);
    node.body = tag.text == "test" ? parse_body({"endtest"}) : parse_body({"endmacro"});
    loops_ = loops;
    node.takes_varargs = expressions_.mentions("varargs") > varargs;
    node.takes_kwargs = expressions_.mentions("kwargs") > kwargs;
    node.takes_caller = expressions_.mentions("caller") > callers;
    node.end_tag = tokens_.current().offset;
    close();
    return {tag.offset, std::move(node)};
  }

  Node parse_call(const Token& tag) {
    CallNode node;
    node.caller.name = "caller";
    if (tokens_.is_symbol("(")) parse_parameters(node.caller);
    const std::size_t offset = tokens_.current().offset;
    node.call = expressions_.parse();
    if (!std::holds_alternative<CallExpression>(node.call->node)) {
      tokens_.fail_at(offset, "a {% call %} block needs a call", "{% call name(…) %}");
    }
    end_tag(tag.text);
    open(tag.text, tag.offset);
    const int loops = std::exchange(loops_, 0);
    node.caller.body = parse_body({"endcall"});
    loops_ = loops;
    close();
    return {tag.offset, std::move(node)};
  }

  Node parse_filter_block(std::size_t offset) {
    FilterNode node;
    node.filters = expressions_.parse_filter_chain();
    end_tag("filter");
    open("filter", offset);
    node.body = parse_body({"endfilter"});
    close();
    return {offset, std::move(node)};
  }

  // Skips a dbt block that we never run, up to the tag `end`. It may contain anything.
  Node skip_block(const Token& tag, std::string_view end) {
    const Token& name =
        tokens_.expect(TokenKind::name, fmt::format("the name of the {}", tag.text));
    open(tag.text, tag.offset);
    while (!tokens_.is(TokenKind::end)) {
      const bool begins = tokens_.is(TokenKind::block_begin);
      tokens_.next();
      if (!begins || !tokens_.is_name(end)) continue;
      close();
      return {tag.offset, SkippedNode{std::string(name.text)}};
    }
    check_end();
    return {tag.offset, SkippedNode{std::string(name.text)}};
  }

  void parse_parameters(MacroNode& node) {
    tokens_.expect_symbol("(");
    while (!tokens_.is_symbol(")")) {
      const Token& name = tokens_.expect(TokenKind::name, "the name of an argument");
      const bool twice = std::any_of(node.parameters.begin(), node.parameters.end(),
                                     [&name](const Parameter& p) { return p.name == name.text; });
      if (twice)
        tokens_.fail_at(name.offset, fmt::format("the argument '{}' appears twice", name.text));
      Parameter parameter{std::string(name.text), nullptr};
      if (tokens_.skip_symbol("=")) {
        parameter.default_value = expressions_.parse();
      } else if (!node.parameters.empty() && node.parameters.back().default_value != nullptr) {
        tokens_.fail_at(name.offset, fmt::format("the argument '{}' needs a default, as the one "
                                                 "before it has one",
                                                 name.text));
      }
      node.parameters.push_back(std::move(parameter));
      if (!tokens_.is_symbol(")")) tokens_.expect_symbol(",");
    }
    tokens_.next();
  }

  TokenStream tokens_;
  ExpressionParser expressions_;
  std::vector<OpenBlock> open_;
  int loops_ = 0;  // loops around the current place, within the current macro
};

}  // namespace

std::shared_ptr<const TemplateNode> parse_template(TemplateSourcePtr source) {
  Body body = Parser(*source).parse();
  return std::make_shared<const TemplateNode>(TemplateNode{std::move(source), std::move(body)});
}

}  // namespace gsa::jinja
