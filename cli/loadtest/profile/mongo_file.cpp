#include "cli/loadtest/profile/mongo_file.hpp"

#include <fmt/format.h>

#include <sstream>

#include "common/text/json.hpp"
#include "common/time.hpp"

namespace sagactl {
namespace {

constexpr std::size_t document_depth_max = 100;  // of documents of MongoDB

// Of a TOML value, in Extended JSON; or what is wrong with it, and where.
struct TomlJson {
  Json json;
  const toml::node* wrong = nullptr;
  std::string why;
};

Json mongo_date(const toml::node& node, TomlJson& into) {
  std::ostringstream text;
  if (const auto* moment = node.as_date_time()) text << moment->get();
  const auto time = parse_iso8601(text.str());
  if (!time || !node.is_date_time() || !node.as_date_time()->get().offset) {
    into.wrong = &node;
    into.why = "has a time without a zone: write 2026-11-20T13:04:07Z";
    return nullptr;
  }
  return {{"$date", {{"$numberLong", std::to_string(time->us / 1000)}}}};
}

Json json_of_toml(const toml::node& node, TomlJson& into) {
  if (const auto* table = node.as_table()) {
    Json object = Json::object();
    for (const auto& [name, value] : in_order(*table)) object[name] = json_of_toml(*value, into);
    return object;
  }
  if (const auto* array = node.as_array()) {
    Json list = Json::array();
    for (const toml::node& value : *array) list.push_back(json_of_toml(value, into));
    return list;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  return mongo_date(node, into);
}

// The text after "... at line 1, column 2: ".
std::string syntax_fault(const Json::parse_error& error) {
  const std::string_view text = error.what();
  const std::size_t column = text.find("column "), colon = text.find(": ", column == text.npos ? 0 : column);
  return std::string(colon == text.npos ? text : text.substr(colon + 2));
}

// A table or a list of TOML, or a string that holds JSON. None: an error was kept.
std::optional<Json> read_json_member(TomlMembers& members, const char* name) {
  const toml::node* node = members.node(name);
  if (!node) return std::nullopt;
  const auto* text = node->as_string();
  if (!text) {
    TomlJson read;
    read.json = json_of_toml(*node, read);
    if (!read.wrong) return read.json;
    members.wrong(*read.wrong, name, read.why);
    return std::nullopt;
  }
  try {
    if (is_nested_deeper(text->get(), document_depth_max)) {
      members.wrong(*node, name, fmt::format("is nested deeper than {} levels", document_depth_max));
      return std::nullopt;
    }
    return Json::parse(text->get());
  } catch (const Json::parse_error& error) {
    members.wrong_in_text(*text, name, error.byte == 0 ? 0 : error.byte - 1,
                          fmt::format("is not JSON: {}", syntax_fault(error)));
    return std::nullopt;
  }
}

// The first stage that writes, anywhere: also in what a stage unites or looks up.
std::string writing_stage(const Json& json) {
  if (!json.is_structured()) return {};
  for (const auto& [name, value] : json.items()) {
    if (json.is_object() && (name == "$out" || name == "$merge")) return name;
    if (std::string inner = writing_stage(value); !inner.empty()) return inner;
  }
  return {};
}

// The stage at its own line, where the pipeline is a list of TOML.
void wrong_stage(TomlMembers& members, std::size_t at, const std::string& what) {
  const toml::node* node = members.node("pipeline");
  const toml::array* list = node->as_array();
  members.wrong(list && at < list->size() ? *list->get(at) : *node, fmt::format("pipeline[{}]", at).c_str(), what);
}

void check_pipeline(TomlMembers& members, const Json& pipeline) {
  if (!pipeline.is_array()) return members.fail("pipeline", "must be a list of stages");
  if (pipeline.empty()) return members.fail("pipeline", "has no stages: leave it out, or write a filter");
  for (std::size_t i = 0; i < pipeline.size(); ++i) {
    const Json& stage = pipeline[i];
    if (!stage.is_object() || stage.size() != 1 || !stage.begin().key().starts_with('$'))
      wrong_stage(members, i, "must be a stage with one member, such as {\"$match\" = {...}}");
    else if (const std::string writes = writing_stage(stage); !writes.empty())
      wrong_stage(members, i, fmt::format("has {}, which writes: a load test only reads the database", writes));
  }
}

void read_mongo_query(TomlMembers& members, MongoQuery& query) {
  members.text("collection", query.collection);
  members.pairs("columns", query.columns);
  if (const auto filter = read_json_member(members, "filter")) {
    query.filter = json_text(*filter);
    if (!filter->is_object()) members.fail("filter", "must be a table, or the JSON of an object");
  }
  if (const auto pipeline = read_json_member(members, "pipeline")) {
    query.pipeline = json_text(*pipeline);
    check_pipeline(members, *pipeline);
  }
  if (!query.filter.empty() && !query.pipeline.empty())
    members.fail("filter", "and pipeline: write the filter as the first stage, {\"$match\" = {...}}");
  if (query.collection.empty()) members.fail("collection", "is missing: which collection is read?");
  if (query.columns.empty())
    members.fail("columns", "is missing: the columns, and where each is in a document, such as { order_id = \"_id\" }");
  for (const auto& [column, path] : query.columns)
    if (path.empty() || path.starts_with('$'))
      members.fail("columns", fmt::format("'{}' is no path of a member: write it like \"payment.amount\"", path));
}

}  // namespace

void read_mongo_queries(TomlMembers& members, ProfileQueries& queries) {
  struct NamedQuery {
    const char* name;
    ProfileQuery& query;
  };
  members.table("mongodb", [&](TomlMembers& it) {
    for (const NamedQuery& named : {NamedQuery{"orders", queries.orders}, NamedQuery{"steps", queries.steps},
                                    NamedQuery{"stock", queries.stock}, NamedQuery{"payments", queries.payments}}) {
      it.tables(named.name, [&](TomlMembers& query) { read_mongo_query(query, named.query.mongo); });
      if (named.query.is_mongo() && !named.query.sql.empty())
        it.fail(named.name, fmt::format("and sql.{} are the same query: keep one of them", named.name));
    }
    if (queries.orders.empty()) it.fail("orders", "is missing: the other queries refer to its orders");
  });
}

}  // namespace sagactl
