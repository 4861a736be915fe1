// Classifies libpq's message about a connection that failed.
#pragma once

#include <string>
#include <string_view>

namespace sagactl::postgres {

// A message of verbosity PQERRORS_VERBOSE in one line, without the places in the server's own source.
std::string readable_connect_error(std::string_view message);

// The SQLSTATE in such a message. libpq tries a server with TLS and without, and several
// addresses, and joins their messages: where one attempt failed at the password and another was not accepted at all,
// the former is the cause.
std::string sqlstate_of_connect_error(const std::string& message);

// The same message without its SQLSTATEs, which are shown beside it.
std::string without_sqlstates(std::string message);

// Whether TLS is what failed.
bool is_about_tls(std::string_view message);

}  // namespace sagactl::postgres
