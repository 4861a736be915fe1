#include "server/adapters/postgres/pipeline/postgres_connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "server/adapters/postgres/connection/postgres_failure.hpp"

namespace sagactl::postgres {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds backoff_first{20}, backoff_max{1'000};

const PostgresStatement sql_begin_writing{"begin_writing", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"};
const PostgresStatement sql_begin_reading{"begin_reading", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
const PostgresStatement sql_commit{"commit", "COMMIT"};
const PostgresStatement sql_rollback{"rollback", "ROLLBACK"};

bool wait_for(int socket, bool readable, bool writable, Steady::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Steady::now()).count();
  if (left <= 0) return false;
  pollfd descriptor{socket, static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0)), 0};
  const int ready = poll(&descriptor, 1, static_cast<int>(left));
  return ready > 0 || (ready < 0 && errno == EINTR);
}

}  // namespace

PostgresConnection::PostgresConnection(PostgresAddress address, Settings settings)
    : address_(std::move(address)), settings_(std::move(settings)) {}

PostgresConnection::~PostgresConnection() {
  close();
}

void PostgresConnection::close() {
  if (connection_) PQfinish(connection_);
  connection_ = nullptr;
  sent_.clear();
  prepared_.clear();
  commit_sent_ = false;
}

bool PostgresConnection::is_in_transaction() const {
  return connection_ && PQtransactionStatus(connection_) != PQTRANS_IDLE;
}

void PostgresConnection::open() {
  if (connection_) return;
  if (Steady::now() < try_again_at_) throw sql::DatabaseFailure{last_error_, std::string(state_cannot_connect), true};
  try {
    connect();
    if (on_open_) on_open_(*this);
    backoff_ = milliseconds{0};
  } catch (sql::DatabaseFailure& failure) {
    close();
    backoff_ = std::clamp(backoff_ * 2, backoff_first, backoff_max);
    try_again_at_ = Steady::now() + backoff_;
    last_error_ = failure.error;
    throw;
  }
}

void PostgresConnection::connect() {
  connection_ = open_session(address_, settings_.session).release();
  if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1)
    fail_lost(state_connection_lost, one_line(PQerrorMessage(connection_)), false);
}

void PostgresConnection::fail_lost(std::string_view state, const std::string& message, bool at_commit) {
  sql::DatabaseFailure failure{error_of(state, address_.text(), message), std::string(state), true, at_commit, false};
  close();
  throw failure;
}

void PostgresConnection::fail_timed_out(std::string_view state, milliseconds timeout, bool at_commit) {
  const std::string message = fmt::format("no answer within {} ms", timeout.count());
  sql::DatabaseFailure failure{error_of(state, address_.text(), message), std::string(state), true, at_commit, true};
  close();
  throw failure;
}

void PostgresConnection::check_sent(int result) {
  if (result != 1) fail_lost(state_connection_lost, one_line(PQerrorMessage(connection_)), false);
}

void PostgresConnection::send(const PostgresStatement& statement, const Parameters& parameters) {
  open();
  std::vector<const char*> values;
  std::vector<int> lengths, formats(parameters.size(), 1);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    values.push_back(parameters[i].data());
    lengths.push_back(static_cast<int>(parameters[i].size()));
  }
  const int count = static_cast<int>(parameters.size());
  if (statement.name.empty()) {
    check_sent(PQsendQueryParams(connection_, statement.sql.c_str(), count, nullptr, values.data(), lengths.data(),
                                 formats.data(), 1));
  } else {
    if (prepared_.insert(statement.name).second) {
      check_sent(PQsendPrepare(connection_, statement.name.c_str(), statement.sql.c_str(), 0, nullptr));
      sent_.push_back({statement.name, false});
    }
    check_sent(PQsendQueryPrepared(connection_, statement.name.c_str(), count, values.data(), lengths.data(),
                                   formats.data(), 1));
  }
  sent_.push_back({{}, false});
}

void PostgresConnection::send_commit() {
  send(sql_commit);
  sent_.back().is_commit = true;
  commit_sent_ = true;
}

sql::DatabaseFailure PostgresConnection::failure_of(const pg_result* result) const {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  // Without a code it is the client library that found the connection lost.
  const std::string code(state ? state : state_connection_lost);
  const std::string text = one_line(message ? message : PQresultErrorMessage(result));
  return {error_of(code, address_.text(), text), code, state == nullptr, false, false};
}

// A COMMIT that the server refused did not take effect; one that was interrupted may have.
static bool is_refusal(const sql::DatabaseFailure& failure) {
  return !failure.lost && (failure.state.starts_with("40") || failure.state.starts_with("23"));
}

void PostgresConnection::collect(std::vector<PostgresRows>& all, std::optional<sql::DatabaseFailure>& failure,
                                 Steady::time_point deadline) {
  for (const Sent& sent : sent_) {
    while (pg_result* result = next_result(deadline)) {
      PostgresRows rows(result);
      const ExecStatusType status = PQresultStatus(result);
      if (status == PGRES_FATAL_ERROR) {
        sql::DatabaseFailure found = failure_of(result);
        if (failure) {
          failure->lost |= found.lost;
        } else {
          found.at_commit = (sent.is_commit || found.lost) && commit_sent_ && !is_refusal(found);
          failure = std::move(found);
        }
        if (failure->lost) return;
      }
      if (status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED) {
        if (!sent.prepares.empty()) prepared_.erase(sent.prepares);
      } else if (sent.prepares.empty()) {
        all.push_back(std::move(rows));
      }
    }
  }
  while (pg_result* result = next_result(deadline)) {  // the mark after the last statement
    const PostgresRows rows(result);
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) break;
  }
}

std::vector<PostgresRows> PostgresConnection::flush() {
  std::vector<PostgresRows> all;
  if (sent_.empty()) return all;
  if (PQpipelineSync(connection_) != 1)
    fail_lost(state_connection_lost, one_line(PQerrorMessage(connection_)), commit_sent_);
  std::optional<sql::DatabaseFailure> failure;
  try {
    collect(all, failure, Steady::now() + settings_.timeout);
  } catch (const sql::DatabaseFailure&) {
    if (!failure) throw;
    failure->lost = true;  // report the first failure, which is the cause
  }
  if (!failure) {
    sent_.clear();
    commit_sent_ = false;
    return all;
  }
  if (failure->lost || PQstatus(connection_) == CONNECTION_BAD) {
    failure->lost = true;
    close();
  }
  sent_.clear();
  commit_sent_ = false;
  throw std::move(*failure);
}

pg_result* PostgresConnection::next_result(Steady::time_point deadline) {
  for (;;) {
    const int left = PQflush(connection_);
    if (left < 0) {
      // What the server sent before it closed the connection may still be readable.
      PQconsumeInput(connection_);
      if (!PQisBusy(connection_)) return PQgetResult(connection_);
      fail_lost(state_connection_lost, one_line(PQerrorMessage(connection_)), commit_sent_);
    }
    if (!PQisBusy(connection_)) return PQgetResult(connection_);
    if (!wait_for(PQsocket(connection_), true, left > 0, deadline))
      fail_timed_out(state_connection_lost, settings_.timeout, commit_sent_);
    if (PQconsumeInput(connection_) != 1 && PQisBusy(connection_))
      fail_lost(state_connection_lost, one_line(PQerrorMessage(connection_)), commit_sent_);
  }
}

PostgresRows PostgresConnection::run(const PostgresStatement& statement, const Parameters& parameters) {
  send(statement, parameters);
  std::vector<PostgresRows> all = flush();
  return all.empty() ? PostgresRows() : std::move(all.back());
}

PostgresTransaction::PostgresTransaction(PostgresConnection& connection, Kind kind) : connection_(connection) {
  connection.send(kind == Kind::write ? sql_begin_writing : sql_begin_reading);
}

PostgresTransaction::~PostgresTransaction() {
  if (!connection_.is_in_transaction()) return;
  try {
    connection_.send(sql_rollback);
    connection_.flush();
  } catch (const sql::DatabaseFailure&) {
    connection_.close();  // then the server rolls back
  }
}

std::vector<PostgresRows> PostgresTransaction::commit() {
  connection_.send_commit();
  try {
    return connection_.flush();
  } catch (sql::DatabaseFailure& failure) {
    if (failure.at_commit) {
      failure.error.code = ErrorCode::unknown_outcome;
      failure.error.message = "it is unknown whether the changes were written: " + failure.error.message;
    }
    throw;
  }
}

}  // namespace sagactl::postgres
