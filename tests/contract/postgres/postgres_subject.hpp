// A PostgreSQL store in a schema of its own, dropped afterwards. Its clock is a row of a table that takes the place of
// the server's clock in this schema alone, and that says what the subject's clock says.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "server/adapters/postgres/postgres_store.hpp"
#include "tests/contract/postgres/postgres_session.hpp"
#include "tests/contract/store_subject.hpp"

namespace sagactl {

class PostgresSubject : public StoreSubject {
 public:
  explicit PostgresSubject(const std::string& server_url);
  ~PostgresSubject() override;

  Store& store() override { return current(); }
  Queries& queries() override { return current(); }
  HistorySource& history() override { return current(); }
  RecordStore& records() override { return current(); }
  void reopen() override;

  const std::string& url() const { return url_; }
  PostgresSession& sql() { return *sql_; }

 private:
  PostgresStore& current();

  std::string schema_, url_, server_url_;
  std::unique_ptr<PostgresStore> store_;
  std::unique_ptr<PostgresSession> sql_;
  std::mutex mutex_;
  Timestamp told_;
};

// The URL of a schema of its own in that database.
std::string url_of_schema(const std::string& server_url, const std::string& schema);
std::string fresh_schema_name();

}  // namespace sagactl
