// Classifies libpq's message about a connection that failed.
#pragma once

#include <string>
#include <string_view>

namespace sagactl::postgres {

// The SQLSTATE in a message of verbosity PQERRORS_SQLSTATE. libpq tries a server with TLS and without, and several
// addresses, and joins their messages: where one attempt failed at the password and another was not accepted at all,
// the former is the cause.
std::string sqlstate_of_connect_error(const std::string& message);

// Whether TLS is what failed.
bool is_about_tls(std::string_view message);

}  // namespace sagactl::postgres
