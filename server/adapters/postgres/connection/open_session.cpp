#include "server/adapters/postgres/connection/open_session.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "common/text/text.hpp"
#include "server/adapters/postgres/connection/connect_error.hpp"
#include "server/adapters/postgres/connection/hosts.hpp"
#include "server/adapters/postgres/connection/postgres_failure.hpp"

namespace sagactl::postgres {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int open_steps_max = 1'000;  // of the exchange that opens a session

// Dead peers are detected within seconds, not within the hours that are TCP's default.
constexpr std::pair<const char*, const char*> network_settings[] = {
    {"keepalives", "1"},          {"keepalives_idle", "5"}, {"keepalives_interval", "2"}, {"keepalives_count", "3"},
    {"tcp_user_timeout", "5000"}, {"connect_timeout", "3"}, {"client_encoding", "UTF8"}};

// Why a host cannot be used.
struct ConnectError {
  std::string state, message;
  bool timed_out = false;
};

ConnectError no_answer() {
  return {std::string(state_cannot_connect), {}, true};
}

// The hosts behind whose poolers a session keeps its process of the server: they are not asked again.
std::mutex poolers_mutex;
std::set<std::string> poolers_that_keep_sessions;

bool keeps_sessions(const std::string& host) {
  const std::lock_guard lock(poolers_mutex);
  return poolers_that_keep_sessions.contains(host);
}

void note_keeps_sessions(const std::string& host) {
  const std::lock_guard lock(poolers_mutex);
  poolers_that_keep_sessions.insert(host);
}

bool wait_for(int socket, bool to_read, Steady::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Steady::now()).count();
  if (left <= 0) return false;
  pollfd descriptor{socket, static_cast<short>(to_read ? POLLIN : POLLOUT), 0};
  const int ready = poll(&descriptor, 1, static_cast<int>(left));
  return ready > 0 || (ready < 0 && errno == EINTR);
}

// A host that cannot be used now gives way to the next. A server that refuses the user, the password or the database is
// the one that was meant.
bool may_try_next_host(std::string_view state) {
  return state == state_cannot_connect || state == state_connection_lost || state == "57P03";
}

// libpq's message without its question "Is the server running ...?": our own message asks it once, for all hosts.
std::string without_question(std::string message) {
  constexpr std::string_view question = "Is the server running";
  for (std::size_t at = message.find(question); at != message.npos; at = message.find(question)) {
    const std::size_t end = std::min(message.find('?', at), message.size() - 1) + 1;
    const std::size_t begin = message.find_last_not_of(" \t", at - 1) + 1;
    message.replace(begin, end - begin, end == message.size() ? "" : ";");
  }
  return message;
}

// libpq's message about a host, without the host.
std::string without_host(const std::string& message) {
  constexpr std::string_view mark = " failed: ";
  const std::size_t at = message.find(mark);
  if (!message.starts_with("connection to server") || at == message.npos) return message;
  return std::string(trim(std::string_view(message).substr(at + mark.size())));
}

// prefer-standby: any host will do when no standby can be used.
std::vector<std::string> session_attributes(const PostgresAddress& address) {
  const std::string wanted = address.get("target_session_attrs");
  if (wanted == "prefer-standby") return {"standby", "any"};
  return {wanted};
}

OpenSession start(PostgresAddress address, const ConnectOptions& options) {
  for (const auto& [keyword, value] : network_settings)
    if (address.get(keyword).empty()) address.set(keyword, value);
  if (address.get("application_name").empty()) address.set("application_name", options.purpose);
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : address.settings()) {
    if (value.empty()) continue;
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  OpenSession session(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (!session) throw sql::DatabaseFailure{.error = Error{ErrorCode::unavailable, "out of memory"}, .lost = true};
  return session;
}

// Connects to this host, or returns why it cannot be used.
std::optional<ConnectError> connect_to(const PostgresAddress& address, const ConnectOptions& options,
                                       Steady::time_point deadline, OpenSession& session) {
  session = start(address, options);
  PQsetErrorVerbosity(session.get(), PQERRORS_VERBOSE);
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  if (PQstatus(session.get()) == CONNECTION_BAD) status = PGRES_POLLING_FAILED;
  for (int step = 0; status != PGRES_POLLING_OK; ++step) {
    if (status == PGRES_POLLING_FAILED) {
      const std::string message = readable_connect_error(PQerrorMessage(session.get()));
      return ConnectError{sqlstate_of_connect_error(message), without_sqlstates(message)};
    }
    if (step == open_steps_max || !wait_for(PQsocket(session.get()), status == PGRES_POLLING_READING, deadline))
      return no_answer();
    status = PQconnectPoll(session.get());
  }
  PQsetErrorVerbosity(session.get(), PQERRORS_DEFAULT);
  PQsetNoticeProcessor(
      session.get(), [](void*, const char*) {}, nullptr);
  return std::nullopt;
}

// Runs a statement and reads the first value of the last result.
std::optional<ConnectError> ask(pg_conn* session, const std::string& sql, Steady::time_point deadline,
                                std::string& value) {
  if (PQsendQuery(session, sql.c_str()) != 1)
    return ConnectError{std::string(state_connection_lost), one_line(PQerrorMessage(session))};
  std::optional<ConnectError> error;
  for (;;) {
    while (PQisBusy(session) != 0) {
      if (!wait_for(PQsocket(session), true, deadline)) return no_answer();
      if (PQconsumeInput(session) != 1)
        return ConnectError{std::string(state_connection_lost), one_line(PQerrorMessage(session))};
    }
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(session), PQclear);
    if (!result) return error;
    if (PQresultStatus(result.get()) == PGRES_TUPLES_OK && PQntuples(result.get()) > 0)
      value = PQgetvalue(result.get(), 0, 0);
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR && !error) {
      const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
      error = ConnectError{state ? state : std::string(state_connection_lost),
                           one_line(PQresultErrorMessage(result.get()))};
    }
  }
}

std::string quoted(pg_conn* session, const std::string& text) {
  const std::unique_ptr<char, decltype(&PQfreemem)> literal(PQescapeLiteral(session, text.data(), text.size()),
                                                            PQfreemem);
  return literal ? literal.get() : "NULL";
}

// Settings are made by a statement: poolers refuse them among the parameters of a connection. Empty: there are none.
std::string setting_calls(pg_conn* session, const ServerSettings& settings) {
  std::string calls;
  for (const auto& [name, setting] : settings) {
    if (!calls.empty()) calls += " || ";
    calls += fmt::format("set_config({}, {}, false)", quoted(session, name), quoted(session, setting));
  }
  return calls.empty() ? "''" : calls;
}

constexpr const char* sql_server_process = "SELECT pg_backend_pid()";

// Whether a pooler gives the session's transactions to different processes of the server: then it takes back the one of
// a session that has no transaction open, for another session to get it. A pooler that has none left does not answer
// the other session, which proves nothing.
std::optional<ConnectError> check_pooler(const PostgresAddress& address, const ConnectOptions& options,
                                         const std::string& process, pg_conn* session, Steady::time_point deadline) {
  const ConnectError refusal{std::string(state_of_pooler),
                             "it gives each transaction another session of the server; a node holds locks, settings "
                             "and prepared statements in its own"};
  OpenSession other;
  if (connect_to(address, options, deadline, other)) return std::nullopt;
  std::string other_process, again;
  const auto error = ask(other.get(), fmt::format("BEGIN; {}", sql_server_process), deadline, other_process);
  if (error && error->timed_out) return std::nullopt;
  if (error || other_process == process) return refusal;  // with an error: it allows no transactions at all
  if (auto failed = ask(session, sql_server_process, deadline, again)) return failed;
  return again == process ? std::nullopt : std::optional<ConnectError>(refusal);
}

// Opens a session at this host, or returns why it cannot be used.
std::optional<ConnectError> try_host(const PostgresAddress& address, const ConnectOptions& options,
                                     const std::string& name, milliseconds timeout, OpenSession& session) {
  const auto deadline = Steady::now() + timeout;
  if (auto error = connect_to(address, options, deadline, session)) return error;
  // A pooler tells its clients of a process that is not the server's.
  const std::string own = std::to_string(PQbackendPID(session.get()));
  const std::string calls = setting_calls(session.get(), options.server_settings);
  std::string process, ignored;
  if (auto error = ask(session.get(),
                       fmt::format("SELECT pg_backend_pid(), CASE WHEN pg_backend_pid() = {} THEN {} END", own, calls),
                       deadline, process))
    return error;
  if (process == own) return std::nullopt;
  if (!keeps_sessions(name)) {
    if (auto error = check_pooler(address, options, process, session.get(), deadline)) return error;
    note_keeps_sessions(name);
  }
  return ask(session.get(), "SELECT " + calls, deadline, ignored);
}

}  // namespace

void CloseSession::operator()(pg_conn* session) const {
  PQfinish(session);
}

std::string one_line(std::string message) {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  std::replace(message.begin(), message.end(), '\n', ' ');
  return message;
}

OpenSession open_session(const PostgresAddress& address, const ConnectOptions& options) {
  std::vector<CandidateHost> hosts = candidate_hosts(address);
  const milliseconds timeout = connect_timeout_of(address, hosts.size());
  OpenSession session;
  std::string messages;
  std::string state(state_cannot_connect);
  bool timed_out = false;
  for (const std::string& attributes : session_attributes(address)) {
    messages.clear();
    for (CandidateHost& host : hosts) {
      if (attributes == "standby" && host.timed_out_recently) continue;  // any other host serves as well
      host.address.set("target_session_attrs", attributes);
      auto error = try_host(host.address, options, host.name + "/" + address.database(), timeout, session);
      if (!error) return session;
      session.reset();
      if (error->timed_out) {
        error->message = fmt::format("no answer within {} ms", timeout.count());
        note_timeout(host);
      }
      messages += messages.empty() ? "" : "; ";
      messages += hosts.size() == 1 ? without_question(error->message)
                                    : fmt::format("{}: {}", host.name, without_host(without_question(error->message)));
      if (state == state_cannot_connect || !may_try_next_host(error->state)) state = error->state;
      timed_out = error->timed_out;
      if (!may_try_next_host(error->state)) break;
    }
  }
  throw sql::DatabaseFailure{error_of(state, address.text(), messages), state, true, false, timed_out};
}

}  // namespace sagactl::postgres
