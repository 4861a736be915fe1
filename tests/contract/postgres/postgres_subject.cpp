#include "tests/contract/postgres/postgres_subject.hpp"

#include <fmt/format.h>

#include "common/crypto.hpp"

namespace sagactl {

std::string url_of_schema(const std::string& server_url, const std::string& schema) {
  return fmt::format("{}?options=-csearch_path%3D{}", server_url, schema);
}

std::string fresh_schema_name() {
  return "test_" + hex(random_bytes(8));
}

PostgresSubject::PostgresSubject(const std::string& server_url)
    : schema_(fresh_schema_name()), url_(url_of_schema(server_url, schema_)), server_url_(server_url) {
  PostgresSession(server_url_).run("CREATE SCHEMA " + schema_);
  reopen();
  sql_ = std::make_unique<PostgresSession>(url_);
  sql_->run(
      "CREATE TABLE test_clock (us bigint); INSERT INTO test_clock VALUES (0);"
      "CREATE OR REPLACE FUNCTION now_us() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT us FROM test_clock'");
}

PostgresSubject::~PostgresSubject() {
  store_.reset();
  sql_.reset();
  PostgresSession(server_url_).run("SET client_min_messages = warning; DROP SCHEMA " + schema_ + " CASCADE");
}

void PostgresSubject::reopen() {
  store_.reset();
  auto opened = open_postgres({.url = url_, .readers = 3, .lease = 2s});
  if (!opened) crash(opened.error().message.c_str());
  store_ = std::move(*opened);
}

PostgresStore& PostgresSubject::current() {
  const std::lock_guard lock(mutex_);
  if (clock.now() != told_) {
    told_ = clock.now();
    sql_->run(fmt::format("UPDATE test_clock SET us = {}", told_.us));
  }
  return *store_;
}

}  // namespace sagactl
