#include "cli/foreign/mongo_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/foreign/mongo_failure.hpp"
#include "cli/foreign/mongo_library.hpp"
#include "cli/foreign/mongo_url.hpp"
#include "cli/foreign/mongo_values.hpp"
#include "cli/foreign/owned.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr int query_ms_max = 60'000, call_ms_max = 65'000;
constexpr int documents_at_once = 1'000;
constexpr std::size_t names_shown_max = 8;

std::string json_name(const std::string& text) {
  return json_text(Json(text));
}

bool is_place_in_list(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// The part of a path that a projection can name: it knows no places in lists.
std::string without_places(const std::string& path) {
  std::string names;
  for (const std::string& name : split(path, '.')) {
    if (is_place_in_list(name)) break;
    names += names.empty() ? name : fmt::format(".{}", name);
  }
  return names;
}

// The members that the columns are taken of, so that nothing else is sent. "{}" for all.
std::string projection_of(const MongoQuery& query) {
  std::vector<std::string> paths;
  for (const auto& [column, path] : query.columns) paths.push_back(without_places(path));
  std::sort(paths.begin(), paths.end());
  Json projection = {{"_id", 0}};
  std::string last;
  for (const std::string& path : paths) {
    if (path.empty()) return "{}";
    // A member is sent with all that is in it.
    const bool is_in_last = !last.empty() && (path == last || path.starts_with(fmt::format("{}.", last)));
    if (is_in_last) continue;
    projection[path == "_id" || path.starts_with("_id.") ? "_id" : path] = 1;
    last = path;
  }
  return json_text(projection);
}

std::string filter_of(const MongoQuery& query) {
  return query.filter.empty() ? "{}" : query.filter;
}

class ForeignMongoRows final : public ForeignRows {
 public:
  explicit ForeignMongoRows(const MongoLibrary& library) : library_(library) {}
  ~ForeignMongoRows() override {
    if (client_) library_.client_destroy(client_);
  }

  RowSource source() const override { return {.orders = "mongodb.orders"}; }

  Result<void> open(const std::string& url) {
    const std::string shown = without_secrets(std::string_view(url));
    bson_error_t failure{};
    const Owned uri(library_.uri_new_with_error(url.c_str(), &failure), library_.uri_destroy);
    if (!uri) return wrong_mongo_url(shown, failure.message);
    const char* database = library_.uri_get_database(uri.get());
    if (!database || *database == '\0') return wrong_mongo_url(shown, "it names no database");
    database_ = database;
    if (!library_.uri_has_option(uri.get(), MONGOC_URI_SOCKETTIMEOUTMS))
      library_.uri_set_option_as_int32(uri.get(), MONGOC_URI_SOCKETTIMEOUTMS, call_ms_max);
    client_ = library_.client_new_from_uri_with_error(uri.get(), &failure);
    if (!client_) return mongo_unavailable(shown, failure);
    library_.client_set_error_api(client_, MONGOC_ERROR_API_VERSION_2);
    if (!library_.uri_has_option(uri.get(), MONGOC_URI_APPNAME))
      library_.client_set_appname(client_, "sagactl loadtest");
    if (!run(R"({"ping": 1})", failure)) return mongo_unavailable(shown, failure);
    return {};
  }

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override {
    if (auto exists = check_collection(query); !exists) return exists.error();
    if (auto tried = try_query(query); !tried) return tried.error();
    std::vector<std::string> names;
    for (const auto& [column, path] : query.mongo.columns) names.push_back(column);
    return names;
  }

  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override {
    if (auto exists = check_collection(query); !exists) return exists.error();
    const MongoQuery& it = query.mongo;
    const Owned collection(library_.client_get_collection(client_, database_.c_str(), it.collection.c_str()),
                           library_.collection_destroy);
    const std::string limits = fmt::format(R"("batchSize": {}, "maxTimeMS": {})", documents_at_once, query_ms_max);
    const bool is_pipeline = !it.pipeline.empty();
    const MongoDocument what =
        document(is_pipeline ? fmt::format(R"({{"pipeline": {}}})", it.pipeline) : filter_of(it));
    const MongoDocument how =
        document(is_pipeline ? fmt::format("{{{}}}", limits)
                             : fmt::format(R"({{"projection": {}, {}}})", projection_of(it), limits));
    if (!what || !how) return mongo_query_failed(query, json_failure_);
    const Owned cursor(
        is_pipeline ? library_.collection_aggregate(collection.get(), MONGOC_QUERY_NONE, what.get(), how.get(), nullptr)
                    : library_.collection_find_with_opts(collection.get(), what.get(), how.get(), nullptr),
        library_.cursor_destroy);
    return visit_all(query, cursor.get(), visit);
  }

 private:
  MongoDocument document(const std::string& json) {
    return {library_, library_.document_from_json(reinterpret_cast<const std::uint8_t*>(json.data()),
                                                  static_cast<ssize_t>(json.size()), &json_failure_)};
  }

  Result<void> visit_all(const ForeignQuery& query, mongoc_cursor_t* cursor,
                         const std::function<Result<void>(const ForeignRow&)>& visit) {
    const auto& columns = query.mongo.columns;
    std::vector<std::string> names;
    for (const auto& [column, path] : columns) names.push_back(column);
    std::vector<std::optional<std::string>> texts(names.size());
    std::vector<std::optional<std::string_view>> values(names.size());
    const bson_t* document = nullptr;
    while (library_.cursor_next(cursor, &document)) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        texts[i] = value_at(*document, columns[i].second);
        values[i] = texts[i] ? std::optional(std::string_view(*texts[i])) : std::nullopt;
      }
      if (auto visited = visit(ForeignRow(names, values)); !visited) return visited;
    }
    bson_error_t failure{};
    if (library_.cursor_error(cursor, &failure)) return mongo_query_failed(query, failure);
    return {};
  }

  std::optional<std::string> value_at(const bson_t& document, const std::string& path) const {
    bson_iter_t members, value;
    const bool is_there =
        library_.iter_init(&members, &document) && library_.iter_find_descendant(&members, path.c_str(), &value);
    return is_there ? mongo_text(library_, value) : std::nullopt;
  }

  // Runs a command; its answer is JSON.
  std::optional<Json> run(const std::string& command, bson_error_t& failure) {
    const MongoDocument sent = document(command);
    if (!sent) {
      failure = json_failure_;
      return std::nullopt;
    }
    bson_t reply;
    const bool is_done =
        library_.client_command_simple(client_, database_.c_str(), sent.get(), nullptr, &reply, &failure);
    const Owned text(is_done ? library_.relaxed_json(&reply, nullptr) : nullptr, library_.free_text);
    library_.document_destroy(&reply);
    if (!is_done) return std::nullopt;
    return text ? read_json(text.get()) : Json::object();
  }

  // The server parses the query, and executes nothing yet: an empty first batch is asked for.
  Result<void> try_query(const ForeignQuery& query) {
    const MongoQuery& it = query.mongo;
    const std::string collection = json_name(it.collection);
    const std::string command =
        it.pipeline.empty()
            ? fmt::format(R"({{"find": {}, "filter": {}, "projection": {}, "batchSize": 0, "maxTimeMS": {}}})",
                          collection, filter_of(it), projection_of(it), query_ms_max)
            : fmt::format(R"({{"aggregate": {}, "pipeline": {}, "cursor": {{"batchSize": 0}}, "maxTimeMS": {}}})",
                          collection, it.pipeline, query_ms_max);
    bson_error_t failure{};
    const auto reply = run(command, failure);
    if (!reply) return mongo_query_failed(query, failure);
    const Json* cursor = find_pointer(*reply, "/cursor/id");
    if (cursor && cursor->is_number_integer() && *cursor != 0)
      run(fmt::format(R"({{"killCursors": {}, "cursors": [{{"$numberLong": "{}"}}]}})", collection, cursor->dump()),
          failure);
    return {};
  }

  std::vector<std::string> collections(const std::string& filter, bson_error_t& failure) {
    std::vector<std::string> names;
    const auto reply =
        run(fmt::format(R"({{"listCollections": 1, "filter": {}, "nameOnly": true, "authorizedCollections": true}})",
                        filter),
            failure);
    const Json* list = reply ? find_pointer(*reply, "/cursor/firstBatch") : nullptr;
    if (list && list->is_array())
      for (const Json& it : *list) names.push_back(text_or_empty(it, "name"));
    return names;
  }

  // MongoDB takes a collection that does not exist for an empty one, and so would a verdict.
  Result<void> check_collection(const ForeignQuery& query) {
    const std::string& name = query.mongo.collection;
    bson_error_t failure{};
    if (!collections(fmt::format(R"({{"name": {}}})", json_name(name)), failure).empty()) return {};
    if (failure.code == mongo_not_authorized) return {};  // the query itself will show whether it may be read
    if (failure.code != 0) return mongo_query_failed(query, failure);
    std::vector<std::string> others = collections("{}", failure);
    const std::string near = nearest(name, others);
    std::sort(others.begin(), others.end());
    if (others.size() > names_shown_max) {
      others.resize(names_shown_max);
      others.emplace_back("...");
    }
    return mongo_query_failed(
        query, fmt::format("the database {} has no collection '{}'{}; {}. A server that makes it with its first order "
                           "needs it before the load: db.createCollection(\"{}\")",
                           database_, name, near.empty() ? "" : fmt::format(", did you mean '{}'?", near),
                           others.empty() ? "it has none at all" : fmt::format("it has {}", join(others, ", ")), name));
  }

  const MongoLibrary& library_;
  mongoc_client_t* client_ = nullptr;
  std::string database_;
  bson_error_t json_failure_{};
};

}  // namespace

Result<std::unique_ptr<ForeignRows>> open_mongo_rows(const std::string& url) {
  const auto library = mongo_library();
  if (!library) return library.error();
  auto rows = std::make_unique<ForeignMongoRows>(**library);
  if (auto opened = rows->open(url); !opened) return opened.error();
  return std::unique_ptr<ForeignRows>(std::move(rows));
}

}  // namespace sagactl
