#include "semantic/layer_json.h"

#include <boost/json.hpp>

#include "base/error.h"

namespace gsa::semantic {
namespace {

namespace json = boost::json;

constexpr int kFormat = 3;

// Every member of a struct is named once for both directions: `io("name", member)`.
class Writer {
 public:
  static constexpr bool kReads = false;
  json::object object;

  void operator()(const char* name, const std::string& text) { object[name] = text; }
  void operator()(const char* name, const bool& truth) { object[name] = truth; }
  void operator()(const char* name, const int& number) { object[name] = number; }
  void operator()(const char* name, const double& number) { object[name] = number; }
  void operator()(const char* name, const std::size_t& number) {
    object[name] = static_cast<std::int64_t>(number);
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void operator()(const char* name, const Enum& value) { object[name] = static_cast<int>(value); }
  template <typename T>
  void operator()(const char* name, const std::vector<T>& list);
  template <typename T, std::size_t N>
  void operator()(const char* name, const std::array<T, N>& list) {
    (*this)(name, std::vector<T>(list.begin(), list.end()));
  }
  template <typename T>
  void operator()(const char* name, const std::optional<T>& maybe) {
    if (maybe) (*this)(name, *maybe);
  }
  void operator()(const char* name, const std::map<std::string, std::string>& map) {
    json::object members;
    for (const auto& [key, text] : map) members[key] = text;
    object[name] = std::move(members);
  }
  template <typename T>
  requires std::is_class_v<T>
  void operator()(const char* name, const T& value);
};

class Reader {
 public:
  static constexpr bool kReads = true;
  explicit Reader(const json::object& from) : object(from) {}
  const json::object& object;

  void operator()(const char* name, std::string& text) { text = std::string(at(name).as_string()); }
  void operator()(const char* name, bool& truth) { truth = at(name).as_bool(); }
  void operator()(const char* name, int& number) { number = at(name).to_number<int>(); }
  void operator()(const char* name, double& number) { number = at(name).to_number<double>(); }
  void operator()(const char* name, std::size_t& number) {
    number = at(name).to_number<std::size_t>();
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void operator()(const char* name, Enum& value) {
    value = static_cast<Enum>(at(name).to_number<int>());
  }
  template <typename T>
  void operator()(const char* name, std::vector<T>& list);
  template <typename T, std::size_t N>
  void operator()(const char* name, std::array<T, N>& list) {
    std::vector<T> items;
    (*this)(name, items);
    check(items.size() == N, "a layer has all of its tables");
    std::copy(items.begin(), items.end(), list.begin());
  }
  template <typename T>
  void operator()(const char* name, std::optional<T>& maybe) {
    if (!object.contains(name)) return;
    maybe.emplace();
    (*this)(name, *maybe);
  }
  void operator()(const char* name, std::map<std::string, std::string>& map) {
    for (const auto& member : at(name).as_object()) {
      map[std::string(member.key())] = std::string(member.value().as_string());
    }
  }
  template <typename T>
  requires std::is_class_v<T>
  void operator()(const char* name, T& value);

 private:
  const json::value& at(const char* name) const { return object.at(name); }
};

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, ContractColumn>
void members(Io& io, T& column) {
  io("name", column.name), io("type", column.type), io("place", column.place);
}

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, Table>
void members(Io& io, T& table) {
  io("schema", table.schema), io("name", table.name), io("key", table.key);
  io("parent", table.parent), io("user", table.user), io("day", table.day);
  io("time", table.time), io("place", table.place), io("contract", table.contract);
}

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, Base>
void members(Io& io, T& base) {
  io("name", base.name), io("level", base.level), io("aggregation", base.aggregation);
  io("expr", base.expr), io("share", base.share), io("place", base.place);
  io("known", base.known), io("all", base.all);
}

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, FormulaStep>
void members(Io& io, T& step) {
  io("kind", step.kind), io("number", step.number), io("base", step.base);
}

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, Measure>
void members(Io& io, T& measure) {
  io("name", measure.name), io("label", measure.label), io("unit", measure.unit);
  io("format", measure.format), io("better", measure.better);
  io("description", measure.description), io("formula", measure.formula);
  io("divides_by", measure.divides_by), io("place", measure.place);
  io("interval", measure.interval), io("splits", measure.splits), io("hidden", measure.hidden),
      io("outside", measure.outside);
  io("part", measure.part), io("whole", measure.whole), io("steps", measure.steps);
}

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, Signal>
void members(Io& io, T& signal) { io("name", signal.name), io("place", signal.place); }

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, Dimension>
void members(Io& io, T& dimension) {
  io("index", dimension.index), io("name", dimension.name), io("label", dimension.label);
  io("description", dimension.description), io("level", dimension.level);
  io("kind", dimension.kind), io("type", dimension.type), io("expr", dimension.expr);
  io("place", dimension.place), io("values", dimension.values), io("words", dimension.words);
  io("colors", dimension.colors), io("shapes", dimension.shapes);
  io("palette", dimension.palette), io("signal", dimension.signal);
}

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, Range>
void members(Io& io, T& range) {
  io("index", range.index), io("name", range.name), io("label", range.label);
  io("unit", range.unit), io("format", range.format), io("description", range.description);
  io("level", range.level), io("expr", range.expr), io("place", range.place);
  io("edges", range.edges), io("fine_edges", range.fine_edges);
  io("end", range.end), io("has_scale", range.has_scale), io("fits", range.fits);
}

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, ChartColumn>
void members(Io& io, T& column) {
  io("name", column.name), io("label", column.label), io("color", column.color);
  io("link", column.link), io("key", column.key), io("type", column.type);
  io("decimals", column.decimals), io("is_percent", column.is_percent);
  io("is_first", column.is_first);
}

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, Chart>
void members(Io& io, T& chart) {
  io("name", chart.name), io("label", chart.label), io("page", chart.page);
  io("place", chart.place), io("of", chart.of), io("measures", chart.measures);
  io("dimensions", chart.dimensions), io("columns", chart.columns);
  io("takes_attributes", chart.takes_attributes);
}

template <typename Io, typename T>
requires std::same_as<std::remove_const_t<T>, Layer>
void members(Io& io, T& layer) {
  io("tables", layer.tables), io("bases", layer.bases), io("measures", layer.measures);
  io("dimensions", layer.dimensions), io("ranges", layer.ranges), io("charts", layer.charts);
}

json::value item_of(const std::string& text) { return json::value(text); }
json::value item_of(double number) { return json::value(number); }
template <typename T>
json::value item_of(const T& value) {
  Writer writer;
  members(writer, value);
  return std::move(writer.object);
}

void read_item(const json::value& from, std::string& text) { text = std::string(from.as_string()); }
void read_item(const json::value& from, double& number) { number = from.to_number<double>(); }
template <typename T>
void read_item(const json::value& from, T& value) {
  Reader reader(from.as_object());
  members(reader, value);
}

template <typename T>
void Writer::operator()(const char* name, const std::vector<T>& list) {
  json::array items;
  for (const T& item : list) items.push_back(item_of(item));
  object[name] = std::move(items);
}

template <typename T>
requires std::is_class_v<T>
void Writer::operator()(const char* name, const T& value) { object[name] = item_of(value); }

template <typename T>
void Reader::operator()(const char* name, std::vector<T>& list) {
  for (const json::value& item : at(name).as_array()) read_item(item, list.emplace_back());
}

template <typename T>
requires std::is_class_v<T>
void Reader::operator()(const char* name, T& value) { read_item(at(name), value); }

}  // namespace

std::string to_json(const Layer& layer) {
  Writer writer;
  writer("format", kFormat);
  members(writer, layer);
  return json::serialize(writer.object);
}

Layer from_json(std::string_view text) {
  try {
    const json::value value = json::parse(text);
    Reader reader(value.as_object());
    int format = 0;
    reader("format", format);
    if (format != kFormat) throw Error("the measures of this warehouse are of another gsa");
    Layer layer;
    members(reader, layer);
    return layer;
  } catch (const std::exception&) {
    throw Error("the measures on record in ops.semantic_layer cannot be read",
                "another version of gsa wrote them; gsa build writes them anew");
  }
}

}  // namespace gsa::semantic
