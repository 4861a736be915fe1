#include "server/adapters/postgres/connection/open_session.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
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
  if (!options.server_settings.empty()) address.set("options", options.server_settings + " " + address.get("options"));
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

// Opens a session at this host, or returns why it cannot be used.
std::optional<ConnectError> try_host(const PostgresAddress& address, const ConnectOptions& options,
                                     milliseconds timeout, OpenSession& session) {
  const auto deadline = Steady::now() + timeout;
  session = start(address, options);
  PQsetErrorVerbosity(session.get(), PQERRORS_SQLSTATE);
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  if (PQstatus(session.get()) == CONNECTION_BAD) status = PGRES_POLLING_FAILED;
  for (int step = 0; status != PGRES_POLLING_OK; ++step) {
    if (status == PGRES_POLLING_FAILED) {
      const std::string message = one_line(PQerrorMessage(session.get()));
      return ConnectError{sqlstate_of_connect_error(message), message};
    }
    if (step == open_steps_max || !wait_for(PQsocket(session.get()), status == PGRES_POLLING_READING, deadline))
      return ConnectError{std::string(state_cannot_connect), fmt::format("no answer within {} ms", timeout.count()),
                          true};
    status = PQconnectPoll(session.get());
  }
  PQsetErrorVerbosity(session.get(), PQERRORS_DEFAULT);
  PQsetNoticeProcessor(
      session.get(), [](void*, const char*) {}, nullptr);
  return std::nullopt;
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
      const auto error = try_host(host.address, options, timeout, session);
      if (!error) return session;
      if (error->timed_out) note_timeout(host);
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
