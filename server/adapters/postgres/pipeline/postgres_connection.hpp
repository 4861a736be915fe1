// A connection that pipelines: many statements are sent and answered in one round trip, on libpq itself. No call takes
// longer than the connection's timeout, also when the server is frozen. docs/adr/0008 says why this is not libpqxx.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "server/adapters/postgres/connection/address.hpp"
#include "server/adapters/postgres/connection/open_session.hpp"
#include "server/adapters/postgres/pipeline/parameters.hpp"
#include "server/adapters/postgres/pipeline/postgres_rows.hpp"

struct pg_conn;

namespace sagactl::postgres {

// A statement with a name is prepared when a connection first uses it; one without is parsed each time.
struct PostgresStatement {
  std::string name;
  std::string sql;
};

class PostgresConnection {
 public:
  struct Settings {
    ConnectOptions session;
    std::chrono::milliseconds timeout{4'000};  // of one round trip
  };

  PostgresConnection(PostgresAddress address, Settings settings);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // Connects unless it is connected. After a failure, calls fail at once until a backoff that grows has passed.
  // `on_open` is called with every new session.
  void open();
  void on_open(std::function<void(PostgresConnection&)> work) { on_open_ = std::move(work); }
  void close();
  bool is_open() const { return connection_ != nullptr; }
  bool is_in_transaction() const;
  const PostgresAddress& address() const { return address_; }

  // Adds a statement to those that `flush` sends.
  void send(const PostgresStatement& statement, const Parameters& parameters = {});
  void send_commit();
  // Sends them all, and returns the rows of each, in order. Throws the first failure; later statements did not run.
  std::vector<PostgresRows> flush();

  PostgresRows run(const PostgresStatement& statement, const Parameters& parameters = {});

 private:
  struct Sent {
    std::string prepares;  // the name of the statement that this one prepares
    bool is_commit = false;
  };

  void connect();
  void check_sent(int result);
  void collect(std::vector<PostgresRows>& all, std::optional<sql::DatabaseFailure>& failure,
               std::chrono::steady_clock::time_point deadline);
  sql::DatabaseFailure failure_of(const pg_result* result) const;
  pg_result* next_result(std::chrono::steady_clock::time_point deadline);
  [[noreturn]] void fail_lost(std::string_view state, const std::string& message, bool at_commit);
  [[noreturn]] void fail_timed_out(std::string_view state, std::chrono::milliseconds timeout, bool at_commit);

  const PostgresAddress address_;
  const Settings settings_;
  std::function<void(PostgresConnection&)> on_open_;
  pg_conn* connection_ = nullptr;
  std::deque<Sent> sent_;
  std::unordered_set<std::string> prepared_;
  bool commit_sent_ = false;

  std::chrono::steady_clock::time_point try_again_at_{};
  std::chrono::milliseconds backoff_{0};
  Error last_error_;
};

// Rolls back in its destructor, unless it was committed.
class PostgresTransaction {
 public:
  enum class Kind { write, read };

  PostgresTransaction(PostgresConnection& connection, Kind kind);  // BEGIN goes with the next flush
  ~PostgresTransaction();
  PostgresTransaction(const PostgresTransaction&) = delete;
  PostgresTransaction& operator=(const PostgresTransaction&) = delete;

  // Returns the rows of the statements sent since it began, BEGIN first. `unknown_outcome` when the connection was lost
  // so late that the changes may have been committed.
  std::vector<PostgresRows> commit();

 private:
  PostgresConnection& connection_;
};

}  // namespace sagactl::postgres
