// A connection to the server. Statements are sent many at a time and answered in one round trip; no call takes
// longer than the connection's patience, whatever has become of the server.
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

#include "server/adapters/postgres/address.hpp"
#include "server/adapters/postgres/failure.hpp"
#include "server/adapters/postgres/parameters.hpp"
#include "server/adapters/postgres/rows.hpp"

struct pg_conn;

namespace sagactl::postgres {

// A statement that is prepared when a connection first uses it. Without a name it is parsed each time.
struct Statement {
  std::string name;
  std::string sql;
};

class Connection {
 public:
  struct Settings {
    std::string purpose;                      // for pg_stat_activity: "sagactl writer"
    std::string server_settings;              // "-c name=value ..."
    std::chrono::milliseconds patience{4'000};  // of one round trip
  };

  Connection(Address address, Settings settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Connects unless it is connected. After a failure the next tries wait longer and longer, failing at once.
  // `on_open` is called with every new session.
  void open();
  void on_open(std::function<void(Connection&)> work) { on_open_ = std::move(work); }
  void close();
  bool is_open() const { return connection_ != nullptr; }
  bool is_in_transaction() const;
  const Address& address() const { return address_; }

  // Adds a statement to those that `flush` sends.
  void send(const Statement& statement, const Parameters& parameters = {});
  void send_commit();
  // Sends them all, and gives the rows of each, in order. Throws the first failure; those after it were not done.
  std::vector<Rows> flush();

  Rows run(const Statement& statement, const Parameters& parameters = {});
  void run_script(const std::string& sql);  // many statements, with no rows, in one transaction

 private:
  struct Sent {
    std::string prepares;  // the name of the statement that this one prepares
    bool is_commit = false;
  };

  // Why a host cannot be used.
  struct Refusal {
    std::string state, message;
    bool late = false;  // it did not answer in time
  };

  void connect();
  std::optional<Refusal> connect_to(Address address, std::chrono::milliseconds patience);
  void check_sent(int result);
  void collect(std::vector<Rows>& all, std::optional<Failure>& failure,
               std::chrono::steady_clock::time_point deadline);
  Failure failure_of(const pg_result* result) const;
  pg_result* next_result(std::chrono::steady_clock::time_point deadline);
  [[noreturn]] void lose(std::string_view state, const std::string& message, bool at_commit);
  [[noreturn]] void lose_late(std::string_view state, std::chrono::milliseconds patience, bool at_commit);

  const Address address_;
  const Settings settings_;
  std::function<void(Connection&)> on_open_;
  pg_conn* connection_ = nullptr;
  std::deque<Sent> sent_;
  std::unordered_set<std::string> prepared_;
  bool commit_sent_ = false;

  std::chrono::steady_clock::time_point try_again_at_{};
  std::chrono::milliseconds backoff_{0};
  Error last_error_;
};

// What is not committed is undone at the end.
class Transaction {
 public:
  enum class Kind { write, read };

  Transaction(Connection& connection, Kind kind);  // BEGIN goes with the next flush
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Gives the rows of the statements sent before it. Fails as `unknown_outcome` when nobody can say.
  std::vector<Rows> commit();

 private:
  Connection& connection_;
};

}  // namespace sagactl::postgres
