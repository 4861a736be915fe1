#include "server/adapters/postgres/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "common/text/text.hpp"
#include "server/adapters/postgres/hosts.hpp"
#include "server/adapters/postgres/refusal.hpp"

namespace sagactl::postgres {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds backoff_first{20}, backoff_max{1'000};
constexpr int open_steps_max = 1'000;  // of the conversation that opens a session

// Dead peers are found in seconds, not in the hours that are TCP's default.
constexpr std::pair<const char*, const char*> network_settings[] = {
    {"keepalives", "1"},          {"keepalives_idle", "5"},        {"keepalives_interval", "2"},
    {"keepalives_count", "3"},    {"tcp_user_timeout", "5000"},    {"connect_timeout", "3"},
    {"client_encoding", "UTF8"}};

const Statement sql_begin_writing{"begin_writing", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"};
const Statement sql_begin_reading{"begin_reading", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
const Statement sql_commit{"commit", "COMMIT"};
const Statement sql_rollback{"rollback", "ROLLBACK"};

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

bool wait_for(int socket, bool readable, bool writable, Steady::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Steady::now()).count();
  if (left <= 0) return false;
  pollfd descriptor{socket, static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0)), 0};
  const int ready = poll(&descriptor, 1, static_cast<int>(left));
  return ready > 0 || (ready < 0 && errno == EINTR);
}

// A host that cannot be used now gives way to the next. A server that refuses who asks is the one that was meant.
bool gives_way(std::string_view state) {
  return state == state_cannot_connect || state == state_connection_lost || state == "57P03";
}

// What libpq says of a host without naming it again.
std::string without_host(const std::string& message) {
  constexpr std::string_view mark = " failed: ";
  constexpr std::string_view question = "Is the server running";  // which is asked once, of all of them
  const std::size_t at = message.find(mark);
  if (!message.starts_with("connection to server") || at == message.npos) return message;
  return std::string(trim(std::string_view(message).substr(0, message.find(question)).substr(at + mark.size())));
}

// prefer-standby: any will do when there is no standby.
std::vector<std::string> session_attributes(const Address& address) {
  const std::string wanted = address.get("target_session_attrs");
  if (wanted == "prefer-standby") return {"standby", "any"};
  return {wanted};
}

}  // namespace

Connection::Connection(Address address, Settings settings)
    : address_(std::move(address)), settings_(std::move(settings)) {}

Connection::~Connection() {
  close();
}

void Connection::close() {
  if (connection_) PQfinish(connection_);
  connection_ = nullptr;
  sent_.clear();
  prepared_.clear();
  commit_sent_ = false;
}

bool Connection::is_in_transaction() const {
  return connection_ && PQtransactionStatus(connection_) != PQTRANS_IDLE;
}

void Connection::open() {
  if (connection_) return;
  if (Steady::now() < try_again_at_) throw Failure{last_error_, std::string(state_cannot_connect), true, false, false};
  try {
    connect();
    if (on_open_) on_open_(*this);
    backoff_ = milliseconds{0};
  } catch (Failure& failure) {
    close();
    backoff_ = std::clamp(backoff_ * 2, backoff_first, backoff_max);
    try_again_at_ = Steady::now() + backoff_;
    last_error_ = failure.error;
    throw;
  }
}

void Connection::connect() {
  std::vector<Host> hosts = hosts_of(address_);
  const milliseconds patience = time_for_each(address_, hosts.size());
  std::string told;
  std::string state(state_cannot_connect);
  bool late = false;
  for (const std::string& attributes : session_attributes(address_)) {
    told.clear();
    for (Host& host : hosts) {
      if (attributes == "standby" && host.was_silent) continue;  // any other that is there serves as well
      host.address.set("target_session_attrs", attributes);
      const auto refusal = connect_to(host.address, patience);
      if (!refusal) return;
      if (refusal->late) note_silence(host);
      const std::string what = hosts.size() == 1 ? refusal->message
                                                 : fmt::format("{}: {}", host.name, without_host(refusal->message));
      told += (told.empty() ? "" : "; ") + what;
      if (state == state_cannot_connect || !gives_way(refusal->state)) state = refusal->state;
      late = refusal->late;
      if (!gives_way(refusal->state)) break;
    }
  }
  throw Failure{error_of(state, address_.text(), told), state, true, false, late};
}

// None: it is connected.
std::optional<Connection::Refusal> Connection::connect_to(Address address, milliseconds patience) {
  for (const auto& [keyword, value] : network_settings)
    if (address.get(keyword).empty()) address.set(keyword, value);
  if (address.get("application_name").empty()) address.set("application_name", settings_.purpose);
  address.set("options", settings_.server_settings + " " + address.get("options"));
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : address.settings()) {
    if (value.empty()) continue;
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);

  const auto deadline = Steady::now() + patience;
  connection_ = PQconnectStartParams(keywords.data(), values.data(), 0);
  if (!connection_) throw Failure{Error{ErrorCode::unavailable, "there is no memory left"}, {}, true, false, false};
  PQsetErrorVerbosity(connection_, PQERRORS_SQLSTATE);
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  if (PQstatus(connection_) == CONNECTION_BAD) status = PGRES_POLLING_FAILED;
  for (int step = 0; status != PGRES_POLLING_OK; ++step) {
    if (status == PGRES_POLLING_FAILED) {
      Refusal refusal{{}, one_line(PQerrorMessage(connection_)), false};
      refusal.state = state_of_refusal(refusal.message);
      close();
      return refusal;
    }
    if (step == open_steps_max || !wait_for(PQsocket(connection_), status == PGRES_POLLING_READING,
                                            status == PGRES_POLLING_WRITING, deadline)) {
      close();
      return Refusal{std::string(state_cannot_connect), fmt::format("no answer within {} ms", patience.count()), true};
    }
    status = PQconnectPoll(connection_);
  }
  PQsetErrorVerbosity(connection_, PQERRORS_DEFAULT);
  PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1)
    lose(state_connection_lost, one_line(PQerrorMessage(connection_)), false);
  return std::nullopt;
}

void Connection::lose(std::string_view state, const std::string& message, bool at_commit) {
  Failure failure{error_of(state, address_.text(), message), std::string(state), true, at_commit, false};
  close();
  throw failure;
}

void Connection::lose_late(std::string_view state, milliseconds patience, bool at_commit) {
  const std::string message = fmt::format("no answer within {} ms", patience.count());
  Failure failure{error_of(state, address_.text(), message), std::string(state), true, at_commit, true};
  close();
  throw failure;
}

void Connection::check_sent(int result) {
  if (result != 1) lose(state_connection_lost, one_line(PQerrorMessage(connection_)), false);
}

void Connection::send(const Statement& statement, const Parameters& parameters) {
  open();
  std::vector<const char*> values;
  std::vector<int> lengths, formats(parameters.size(), 1);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    values.push_back(parameters[i].data());
    lengths.push_back(static_cast<int>(parameters[i].size()));
  }
  const int count = static_cast<int>(parameters.size());
  if (statement.name.empty()) {
    check_sent(PQsendQueryParams(connection_, statement.sql.c_str(), count, nullptr, values.data(),
                                 lengths.data(), formats.data(), 1));
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

void Connection::send_commit() {
  send(sql_commit);
  sent_.back().is_commit = true;
  commit_sent_ = true;
}

Failure Connection::failure_of(const pg_result* result) const {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  // Without a code it is the client library that found the connection gone.
  const std::string code(state ? state : state_connection_lost);
  const std::string text = one_line(message ? message : PQresultErrorMessage(result));
  return {error_of(code, address_.text(), text), code, state == nullptr, false, false};
}

// A COMMIT that the server refused was not done; one that was interrupted may have been.
static bool is_refusal(const Failure& failure) {
  return !failure.lost && (failure.state.starts_with("40") || failure.state.starts_with("23"));
}

void Connection::collect(std::vector<Rows>& all, std::optional<Failure>& failure, Steady::time_point deadline) {
  for (const Sent& sent : sent_) {
    while (pg_result* result = next_result(deadline)) {
      Rows rows(result);
      const ExecStatusType status = PQresultStatus(result);
      if (status == PGRES_FATAL_ERROR) {
        Failure found = failure_of(result);
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
  while (pg_result* result = next_result(deadline)) {  // the mark after the last
    const Rows rows(result);
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) break;
  }
}

std::vector<Rows> Connection::flush() {
  std::vector<Rows> all;
  if (sent_.empty()) return all;
  if (PQpipelineSync(connection_) != 1)
    lose(state_connection_lost, one_line(PQerrorMessage(connection_)), commit_sent_);
  std::optional<Failure> failure;
  try {
    collect(all, failure, Steady::now() + settings_.patience);
  } catch (const Failure&) {
    if (!failure) throw;
    failure->lost = true;  // the first failure is why
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

pg_result* Connection::next_result(Steady::time_point deadline) {
  for (;;) {
    const int left = PQflush(connection_);
    if (left < 0) {
      // What the server said before it hung up may still be there to read.
      PQconsumeInput(connection_);
      if (!PQisBusy(connection_)) return PQgetResult(connection_);
      lose(state_connection_lost, one_line(PQerrorMessage(connection_)), commit_sent_);
    }
    if (!PQisBusy(connection_)) return PQgetResult(connection_);
    if (!wait_for(PQsocket(connection_), true, left > 0, deadline))
      lose_late(state_connection_lost, settings_.patience, commit_sent_);
    if (PQconsumeInput(connection_) != 1 && PQisBusy(connection_))
      lose(state_connection_lost, one_line(PQerrorMessage(connection_)), commit_sent_);
  }
}

Rows Connection::run(const Statement& statement, const Parameters& parameters) {
  send(statement, parameters);
  std::vector<Rows> all = flush();
  return all.empty() ? Rows() : std::move(all.back());
}

void Connection::run_script(const std::string& sql) {
  open();
  if (PQexitPipelineMode(connection_) != 1 || PQsendQuery(connection_, sql.c_str()) != 1)
    lose(state_connection_lost, one_line(PQerrorMessage(connection_)), false);
  const auto deadline = Steady::now() + settings_.patience;
  std::optional<Failure> failure;
  while (pg_result* result = next_result(deadline)) {
    const Rows rows(result);
    if (PQresultStatus(result) != PGRES_FATAL_ERROR || failure) continue;
    failure = failure_of(result);
  }
  if (PQstatus(connection_) == CONNECTION_BAD || PQenterPipelineMode(connection_) != 1) {
    if (!failure) lose(state_connection_lost, one_line(PQerrorMessage(connection_)), false);
    close();
  }
  if (failure) throw *failure;
}

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  connection.send(kind == Kind::write ? sql_begin_writing : sql_begin_reading);
}

Transaction::~Transaction() {
  if (!connection_.is_in_transaction()) return;
  try {
    connection_.send(sql_rollback);
    connection_.flush();
  } catch (const Failure&) {
    connection_.close();  // the server undoes it
  }
}

std::vector<Rows> Transaction::commit() {
  connection_.send_commit();
  try {
    return connection_.flush();
  } catch (Failure& failure) {
    if (failure.at_commit) {
      failure.error.code = ErrorCode::unknown_outcome;
      failure.error.message = "whether the changes were written is not known: " + failure.error.message;
    }
    throw;
  }
}

}  // namespace sagactl::postgres
