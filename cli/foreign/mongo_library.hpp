// The client library of MongoDB. It is loaded when the first such database is opened, so that nothing else needs it.
#pragma once

#include <mongoc/mongoc.h>

#include "common/result.hpp"

namespace sagactl {

// The functions that are used, with their declarations in mongoc.h and bson.h.
struct MongoLibrary {
  decltype(&mongoc_init) init;
  decltype(&mongoc_log_set_handler) log_set_handler;
  decltype(&mongoc_uri_new_with_error) uri_new_with_error;
  decltype(&mongoc_uri_destroy) uri_destroy;
  decltype(&mongoc_uri_get_database) uri_get_database;
  decltype(&mongoc_uri_has_option) uri_has_option;
  decltype(&mongoc_uri_set_option_as_int32) uri_set_option_as_int32;
  decltype(&mongoc_client_new_from_uri_with_error) client_new_from_uri_with_error;
  decltype(&mongoc_client_destroy) client_destroy;
  decltype(&mongoc_client_set_error_api) client_set_error_api;
  decltype(&mongoc_client_set_appname) client_set_appname;
  decltype(&mongoc_client_command_simple) client_command_simple;
  decltype(&mongoc_client_get_collection) client_get_collection;
  decltype(&mongoc_collection_destroy) collection_destroy;
  decltype(&mongoc_collection_find_with_opts) collection_find_with_opts;
  decltype(&mongoc_collection_aggregate) collection_aggregate;
  decltype(&mongoc_cursor_next) cursor_next;
  decltype(&mongoc_cursor_error) cursor_error;
  decltype(&mongoc_cursor_destroy) cursor_destroy;
  decltype(&bson_new) document_new;
  decltype(&bson_new_from_json) document_from_json;
  decltype(&bson_destroy) document_destroy;
  decltype(&bson_append_iter) append_iter;
  decltype(&bson_as_relaxed_extended_json) relaxed_json;
  decltype(&bson_free) free_text;
  decltype(&bson_iter_init) iter_init;
  decltype(&bson_iter_find_descendant) iter_find_descendant;
  decltype(&bson_iter_type) iter_type;
  decltype(&bson_iter_utf8) iter_utf8;
  decltype(&bson_iter_symbol) iter_symbol;
  decltype(&bson_iter_oid) iter_oid;
  decltype(&bson_oid_to_string) oid_to_string;
  decltype(&bson_iter_as_int64) iter_as_int64;
  decltype(&bson_iter_double) iter_double;
  decltype(&bson_iter_decimal128) iter_decimal128;
  decltype(&bson_decimal128_to_string) decimal128_to_string;
  decltype(&bson_iter_bool) iter_bool;
  decltype(&bson_iter_date_time) iter_date_time;
  decltype(&bson_iter_timestamp) iter_timestamp;
  decltype(&bson_iter_binary) iter_binary;
};

// A document that the library allocated; may be null.
class MongoDocument {
 public:
  MongoDocument(const MongoLibrary& library, bson_t* document) : library_(library), document_(document) {}
  ~MongoDocument() {
    if (document_) library_.document_destroy(document_);
  }
  MongoDocument(const MongoDocument&) = delete;
  MongoDocument& operator=(const MongoDocument&) = delete;
  bson_t* get() const { return document_; }
  explicit operator bool() const { return document_ != nullptr; }

 private:
  const MongoLibrary& library_;
  bson_t* document_;
};

// Stays loaded. `unavailable` when it is not installed: says the package.
Result<const MongoLibrary*> mongo_library();

}  // namespace sagactl
