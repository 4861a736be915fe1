#include "server/adapters/postgres/connection/postgres_failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "server/adapters/postgres/connection/connect_error.hpp"

namespace sagactl::postgres {
namespace {

struct StateMeaning {
  std::string_view prefix;  // of the SQLSTATE; the longest that matches counts
  ErrorCode code;
  std::string_view what;  // after "the database ...": what it means, and what to do
};

constexpr std::string_view state_refused_by_pooler = "08P01";

constexpr StateMeaning meanings[] = {
    {"08", ErrorCode::unavailable, "lost the connection; reconnecting"},
    {state_refused_by_pooler, ErrorCode::unavailable, "or a pooler before it refused the connection"},
    {"08001", ErrorCode::unavailable, "cannot be reached: is the server running there, and are host and port right?"},
    {"0A", ErrorCode::bug, "does not support the statement"},
    {"22", ErrorCode::bug, "refused a value"},
    {"23", ErrorCode::bug, "refused changes that contradict what it holds; nothing was written"},
    {"25", ErrorCode::bug, "refused a statement in this state of the transaction"},
    {state_read_only, ErrorCode::unavailable, "is read-only (is it a standby?): name the primary"},
    {"25P03", ErrorCode::unavailable, "ended a transaction that was idle for too long; nothing was written"},
    {"28", ErrorCode::invalid, "does not let this user in: check DATABASE_USER and the server's pg_hba.conf"},
    {"28000", ErrorCode::invalid,
     "does not let this user in: check DATABASE_USER, whether the server wants TLS (sslmode=verify-full) or a "
     "certificate of "
     "the client (sslcert and sslkey), and its pg_hba.conf"},
    {"28P01", ErrorCode::invalid,
     "refuses the password: check DATABASE_USER and DATABASE_PASSWORD (and, where it asks for a certificate of the "
     "client, "
     "whether its common name is the user)"},
    {"3D000", ErrorCode::invalid,
     "does not exist: create it, or let the role create it (ALTER ROLE ... CREATEDB), and run `sagactl migrate`"},
    {"3F000", ErrorCode::invalid, "has no schema that the search_path names: create it"},
    {"40", ErrorCode::unavailable, "could not serialize these changes with those of other nodes; try again"},
    {"42", ErrorCode::bug, "refused a statement"},
    {"42501", ErrorCode::unavailable, "does not let this role do that: see the rights in docs/postgres.md"},
    {"53", ErrorCode::unavailable, "has run out of resources; nothing was written"},
    {"53100", ErrorCode::unavailable, "has a full disk; nothing was written: free some space"},
    {"53200", ErrorCode::unavailable, "is out of memory; nothing was written"},
    {"53300", ErrorCode::unavailable, "has no connection left: raise max_connections, or let fewer nodes use it"},
    {"54", ErrorCode::too_large, "cannot store a value that large"},
    {"55", ErrorCode::unavailable, "is not in a state to do that now; try again"},
    {"55P03", ErrorCode::unavailable, "kept rows locked for another session for too long; try again"},
    {"57", ErrorCode::unavailable, "was interrupted by its operator"},
    {"57014", ErrorCode::unavailable, "took too long; nothing was written"},
    {"57P01", ErrorCode::unavailable, "ended the connection; reconnecting"},
    {"57P02", ErrorCode::unavailable, "crashed and is recovering"},
    {"57P03", ErrorCode::unavailable, "is starting or shutting down"},
    {"57P05", ErrorCode::unavailable, "ended the connection; reconnecting"},
    {"58", ErrorCode::unavailable, "has trouble with its files: check its disk and its log"},
    {"SG001", ErrorCode::invalid,
     "is behind a pooler in transaction mode: set pool_mode = session for it (PgBouncer), or name the server itself"},
    {"XX001", ErrorCode::unavailable, "is damaged: check its log, and restore a backup"},
    {"XX002", ErrorCode::unavailable, "has a damaged index: check its log, and REINDEX"},
};

constexpr StateMeaning tls_failed = {
    "", ErrorCode::unavailable,
    "cannot be reached over TLS: check sslmode, sslrootcert, sslcert and sslkey, and the server's certificate and its "
    "name"};

// libpq's own finding of servers that answer, and are not of the kind that target_session_attrs asks for.
constexpr std::string_view of_another_kind[] = {"session is read-only", "session is not read-only",
                                                "server is in hot standby mode", "server is not in hot standby mode"};
constexpr StateMeaning no_such_kind = {
    "", ErrorCode::unavailable,
    "has no server in its list that can be used and is of the kind that target_session_attrs asks for: name the "
    "primary (read-write) or a standby (read-only) as well, or leave target_session_attrs out"};

// libpq's own findings about what it was given, before it asks any server.
constexpr std::string_view bad_setting_texts[] = {" value: \"", "invalid port number", "invalid integer value",
                                                  "could not match", "definition of service"};
constexpr StateMeaning bad_setting = {
    "", ErrorCode::invalid,
    "is named with a setting that libpq does not accept: check the URL and its parameters, and the variables PG*"};

// libpq's own finding: the server asks for one, and the connection has none.
constexpr std::string_view without_password = "no password supplied";
constexpr StateMeaning password_missing = {
    "", ErrorCode::invalid,
    "wants a password: set DATABASE_PASSWORD beside DATABASE_HOST, and for a URL PGPASSWORD or PGPASSFILE"};

// PgBouncer's own finding, for a database that is neither in its list nor covered by a line for all others.
constexpr std::string_view unknown_to_pooler = "no such database";
constexpr StateMeaning missing_in_pooler = {
    "", ErrorCode::invalid,
    "is not known to the pooler before it: name it in [databases] of pgbouncer.ini, and reload"};

const StateMeaning* meaning_of(std::string_view state) {
  const StateMeaning* found = nullptr;
  for (const StateMeaning& meaning : meanings)
    if (state.starts_with(meaning.prefix) && (!found || meaning.prefix.size() > found->prefix.size())) found = &meaning;
  return found;
}

// PgBouncer (seen with 1.18) has one SQLSTATE for everything that it refuses; only its text says why.
bool is_missing_behind_pooler(std::string_view state, std::string_view message) {
  return state == state_refused_by_pooler && message.find("does not exist") != std::string_view::npos;
}

// A standby has this code for a transaction that is to write, as for anything that it does not support.
bool is_write_on_standby(std::string_view state, std::string_view message) {
  return state == "0A000" && message.find("during recovery") != std::string_view::npos;
}

}  // namespace

Error error_of(std::string_view state, std::string_view where, std::string_view message) {
  const StateMeaning* found = meaning_of(is_missing_behind_pooler(state, message) ? state_no_database : state);
  if (is_write_on_standby(state, message)) found = meaning_of(state_read_only);
  const auto says = [&](std::string_view text) { return message.find(text) != std::string_view::npos; };
  if (state == state_cannot_connect && is_about_tls(message)) found = &tls_failed;
  if (state == state_cannot_connect && says(without_password)) found = &password_missing;
  const auto says_one_of = [&](const auto& texts) { return std::any_of(std::begin(texts), std::end(texts), says); };
  if (state == state_cannot_connect && says_one_of(of_another_kind)) found = &no_such_kind;
  if (state == state_cannot_connect && says_one_of(bad_setting_texts)) found = &bad_setting;
  if (state == state_refused_by_pooler && says(unknown_to_pooler)) found = &missing_in_pooler;
  const ErrorCode code = found ? found->code : ErrorCode::bug;
  std::string text = fmt::format("the database {} {} (SQLSTATE {}", where, found ? found->what : "failed", state);
  if (!message.empty()) text += fmt::format(": {}", message);
  return Error{code, text + ")"};
}

bool is_retryable_state(std::string_view state) {
  return state.starts_with("40") || state == state_unique_violation;
}

}  // namespace sagactl::postgres
