// What libpq's words about a connection that was not made come down to.
#pragma once

#include <string>
#include <string_view>

namespace sagactl::postgres {

// The SQLSTATE in a message whose verbosity asks for nothing else. libpq tries a server with TLS and without, and
// several addresses, and joins what each said: where one has let us in as far as the password, and another not at all,
// the former says what is wrong.
std::string state_of_refusal(const std::string& message);

// Is it TLS that came to nothing?
bool is_about_tls(std::string_view message);

}  // namespace sagactl::postgres
