// What goes wrong with a PostgreSQL server. What is done about it is decided by the SQLSTATE alone: texts are for
// people.
#pragma once

#include <string_view>

#include "server/adapters/sql/database_failure.hpp"

namespace sagactl::postgres {

// States that the client itself reports: the server's codes for the same.
inline constexpr std::string_view state_cannot_connect = "08001", state_connection_lost = "08006";
inline constexpr std::string_view state_query_canceled = "57014", state_read_only = "25006";
inline constexpr std::string_view state_unique_violation = "23505", state_lock_not_available = "55P03";
// One of our own: a pooler in transaction mode stands between.
inline constexpr std::string_view state_of_pooler = "SG001";
inline constexpr std::string_view state_no_database = "3D000", state_database_exists = "42P04";

// What a SQLSTATE means for the caller. `where` names the database without its password; `message` is the server's or
// the client library's.
Error error_of(std::string_view state, std::string_view where, std::string_view message);

// Whether the same transaction may succeed when it is run again.
bool is_retryable_state(std::string_view state);

}  // namespace sagactl::postgres
