#include "cli/foreign/mongo_library.hpp"

#include <fmt/format.h>

#include "cli/foreign/loaded_library.hpp"
#include "cli/invocation.hpp"

namespace sagactl {
namespace {

struct MongoFunctions {
  LoadedLibrary library{"libmongoc-1.0.so.0"};
  MongoLibrary functions{};
};

MongoFunctions load_mongo() {
  MongoFunctions loaded;
  MongoLibrary& it = loaded.functions;
  const auto found = [&](const char* name, auto& function) { loaded.library.find(name, function); };
  found("mongoc_init", it.init);
  found("mongoc_log_set_handler", it.log_set_handler);
  found("mongoc_uri_new_with_error", it.uri_new_with_error);
  found("mongoc_uri_destroy", it.uri_destroy);
  found("mongoc_uri_get_database", it.uri_get_database);
  found("mongoc_uri_has_option", it.uri_has_option);
  found("mongoc_uri_set_option_as_int32", it.uri_set_option_as_int32);
  found("mongoc_client_new_from_uri_with_error", it.client_new_from_uri_with_error);
  found("mongoc_client_destroy", it.client_destroy);
  found("mongoc_client_set_error_api", it.client_set_error_api);
  found("mongoc_client_set_appname", it.client_set_appname);
  found("mongoc_client_command_simple", it.client_command_simple);
  found("mongoc_client_get_collection", it.client_get_collection);
  found("mongoc_collection_destroy", it.collection_destroy);
  found("mongoc_collection_find_with_opts", it.collection_find_with_opts);
  found("mongoc_collection_aggregate", it.collection_aggregate);
  found("mongoc_cursor_next", it.cursor_next);
  found("mongoc_cursor_error", it.cursor_error);
  found("mongoc_cursor_destroy", it.cursor_destroy);
  found("bson_new", it.document_new);
  found("bson_new_from_json", it.document_from_json);
  found("bson_destroy", it.document_destroy);
  found("bson_append_iter", it.append_iter);
  found("bson_as_relaxed_extended_json", it.relaxed_json);
  found("bson_free", it.free_text);
  found("bson_iter_init", it.iter_init);
  found("bson_iter_find_descendant", it.iter_find_descendant);
  found("bson_iter_type", it.iter_type);
  found("bson_iter_utf8", it.iter_utf8);
  found("bson_iter_symbol", it.iter_symbol);
  found("bson_iter_oid", it.iter_oid);
  found("bson_oid_to_string", it.oid_to_string);
  found("bson_iter_as_int64", it.iter_as_int64);
  found("bson_iter_double", it.iter_double);
  found("bson_iter_decimal128", it.iter_decimal128);
  found("bson_decimal128_to_string", it.decimal128_to_string);
  found("bson_iter_bool", it.iter_bool);
  found("bson_iter_date_time", it.iter_date_time);
  found("bson_iter_timestamp", it.iter_timestamp);
  found("bson_iter_binary", it.iter_binary);
  if (!loaded.library.failure().empty()) return loaded;
  it.init();
  it.log_set_handler(nullptr, nullptr);  // what went wrong is in the errors: it writes nothing to the terminal
  return loaded;
}

}  // namespace

Result<const MongoLibrary*> mongo_library() {
  static const MongoFunctions loaded = load_mongo();
  if (loaded.library.failure().empty()) return &loaded.functions;
  return with_hint(
      Error{ErrorCode::unavailable,
            fmt::format("a mongodb:// database needs the client library of MongoDB: {}", loaded.library.failure())},
      "install it: apt-get install libmongoc-1.0-0 (libmongoc-1.0-0t64 on newer releases), or dnf install "
      "mongo-c-driver-libs");
}

}  // namespace sagactl
