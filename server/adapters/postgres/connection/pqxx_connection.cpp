#include "server/adapters/postgres/connection/pqxx_connection.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <pqxx/pqxx>
#include <thread>

#include "server/adapters/postgres/connection/postgres_failure.hpp"

namespace sagactl::postgres {
namespace {

using Steady = std::chrono::steady_clock;

// libpqxx over a session that is already open. libpqxx 6 connects by a policy, which here hands over the open session
// once; libpqxx 7 has a function that adopts a session.
#if PQXX_VERSION_MAJOR < 7
class HandOverPolicy : public pqxx::connectionpolicy {
 public:
  explicit HandOverPolicy(OpenSession session) : pqxx::connectionpolicy(""), session_(std::move(session)) {}
  handle do_startconnect(handle current) override { return current ? current : session_.release(); }

 private:
  OpenSession session_;
};

class AdoptedConnection : public pqxx::connection_base {
 public:
  explicit AdoptedConnection(OpenSession session) : pqxx::connection_base(policy_), policy_(std::move(session)) {
    init();
  }
  ~AdoptedConnection() noexcept { close(); }

 private:
  HandOverPolicy policy_;
};
#else
class AdoptedConnection : public pqxx::connection {
 public:
  explicit AdoptedConnection(OpenSession session)
      : pqxx::connection(pqxx::connection::seize_raw_connection(session.release())) {}
};
#endif

using SnapshotTransaction = pqxx::transaction<pqxx::isolation_level::repeatable_read>;

// Shuts a socket down when a call takes too long.
class Watchdog {
 public:
  explicit Watchdog(int socket) : socket_(socket), thread_([this] { watch(); }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void begin_call(Steady::time_point deadline) {
    {
      const std::lock_guard lock(mutex_);
      deadline_ = deadline;
    }
    changed_.notify_one();
  }
  // Whether the call took too long.
  bool end_call() {
    const std::lock_guard lock(mutex_);
    deadline_ = Steady::time_point::max();
    return has_expired_;
  }

 private:
  void watch() {
    std::unique_lock lock(mutex_);
    while (!is_stopping_ && !has_expired_) {
      if (deadline_ == Steady::time_point::max()) {
        changed_.wait(lock);
      } else if (Steady::now() >= deadline_) {
        has_expired_ = true;
        ::shutdown(socket_, SHUT_RDWR);
      } else {
        changed_.wait_until(lock, Steady::time_point(deadline_));
      }
    }
  }

  const int socket_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Steady::time_point deadline_ = Steady::time_point::max();
  bool is_stopping_ = false, has_expired_ = false;
  std::thread thread_;
};

// "permission denied ..." of "ERROR:  permission denied ...\nLINE 1: ...".
std::string message_of(const std::exception& error) {
  std::string_view text(error.what());
  text = text.substr(0, text.find('\n'));
  constexpr std::string_view mark = ":  ";
  const std::size_t severity = text.find(mark);
  return std::string(severity == text.npos ? text : text.substr(severity + mark.size()));
}

}  // namespace

std::int64_t PqxxRows::integer() {
  const std::string_view digits = text();
  if (digits == "t") return 1;
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

class PqxxConnection::AdoptedSession {
 public:
  explicit AdoptedSession(OpenSession session) : connection(std::move(session)), watchdog(connection.sock()) {}

  AdoptedConnection connection;
  Watchdog watchdog;  // ends before the socket is closed
  std::unique_ptr<SnapshotTransaction> snapshot;
  std::unique_ptr<pqxx::subtransaction> savepoint;  // within the snapshot
};

PqxxConnection::PqxxConnection(const PostgresAddress& address, const ConnectOptions& options,
                               std::chrono::milliseconds timeout)
    : address_(address),
      timeout_(timeout),
      session_(std::make_unique<AdoptedSession>(open_session(address, options))) {}

PqxxConnection::~PqxxConnection() {
  end(session_->snapshot);
}

// libpqxx rolls back, which a frozen server does not answer.
void PqxxConnection::end(auto& transaction) {
  session_->watchdog.begin_call(Steady::now() + timeout_);
  transaction.reset();
  session_->watchdog.end_call();
}

template <class Work>
auto PqxxConnection::call(const Work& work) {
  struct EndCall {
    Watchdog& watchdog;
    ~EndCall() { watchdog.end_call(); }
  };
  session_->watchdog.begin_call(Steady::now() + timeout_);
  try {
    const EndCall end_call{session_->watchdog};
    return work();
  } catch (const std::exception&) {
    rethrow();
  }
}

// The exception that is being handled, as a DatabaseFailure.
void PqxxConnection::rethrow() {
  const auto failure = [&](std::string_view state, const std::string& message, bool lost) {
    return sql::DatabaseFailure{error_of(state, address_.text(), message), std::string(state), lost};
  };
  if (session_->watchdog.end_call()) {
    auto late = failure(state_connection_lost, fmt::format("no answer within {} ms", timeout_.count()), true);
    late.timed_out = true;
    throw late;
  }
  try {
    throw;
  } catch (const pqxx::in_doubt_error& error) {
    auto lost = failure(state_connection_lost, message_of(error), true);
    lost.at_commit = true;
    lost.error.code = ErrorCode::unknown_outcome;
    throw lost;
  } catch (const pqxx::broken_connection& error) {
    throw failure(state_connection_lost, message_of(error), true);
  } catch (const pqxx::transaction_rollback& error) {
    throw failure("40000", message_of(error), false);
  } catch (const pqxx::sql_error& error) {
    const bool lost = !session_->connection.is_open();
    throw failure(error.sqlstate().empty() ? state_connection_lost : std::string_view(error.sqlstate()),
                  message_of(error), lost);
  } catch (const pqxx::failure& error) {
    throw failure(state_connection_lost, message_of(error), true);
  } catch (const std::exception& error) {
    throw sql::DatabaseFailure{Error{ErrorCode::bug, fmt::format("libpqxx: {}", error.what())}};
  }
}

void PqxxConnection::begin_snapshot(const std::string& exported) {
  call([&] {
    session_->snapshot = std::make_unique<SnapshotTransaction>(session_->connection);
    if (!exported.empty()) session_->snapshot->exec(fmt::format("SET TRANSACTION SNAPSHOT {}", quote(exported)));
    session_->snapshot->exec("SET TRANSACTION READ ONLY");
  });
}

PqxxRows PqxxConnection::run(const std::string& sql) {
  return PqxxRows(call([&] {
    if (session_->savepoint) return session_->savepoint->exec(sql);
    if (session_->snapshot) return session_->snapshot->exec(sql);
    return pqxx::nontransaction(session_->connection).exec(sql);
  }));
}

void PqxxConnection::run_and_roll_back(const std::function<void()>& work) {
  struct RollBack {
    PqxxConnection& connection;
    ~RollBack() { connection.end(connection.session_->savepoint); }
  };
  call([&] { session_->savepoint = std::make_unique<pqxx::subtransaction>(*session_->snapshot); });
  const RollBack roll_back{*this};
  work();
}

void PqxxConnection::run_script(const std::string& sql) {
  call([&] {
    pqxx::work transaction(session_->connection);
    transaction.exec(sql);
    transaction.commit();
  });
}

std::string PqxxConnection::quote(std::string_view text) {
  return session_->connection.quote(std::string(text));
}

void PqxxNames::load_nodes() {
  PqxxRows rows = connection_.run(std::string(select_nodes));
  cache_nodes(rows);
}

void PqxxNames::load_definitions() {
  PqxxRows rows = connection_.run(std::string(select_definitions));
  cache_definitions(rows);
}

void PqxxNames::add_node(const NodeName& name) {
  connection_.run(fmt::format("INSERT INTO node (name) VALUES ({}) ON CONFLICT DO NOTHING", connection_.quote(name)));
}

void PqxxNames::add_definition(std::string_view name, int version) {
  connection_.run(fmt::format("INSERT INTO definition (name, version) VALUES ({}, {}) ON CONFLICT DO NOTHING",
                              connection_.quote(name), version));
}

std::string PqxxNames::load_definition_text(std::int64_t number) {
  PqxxRows row = connection_.run(fmt::format("SELECT text FROM definition WHERE no = {}", number));
  return row.next() ? std::string(row.text()) : std::string();
}

}  // namespace sagactl::postgres
