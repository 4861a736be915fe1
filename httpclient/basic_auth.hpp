// The Authorization header of HTTP's Basic authentication (RFC 7617).
#pragma once

#include <string>
#include <string_view>

namespace sagactl {

// "Basic " and base64 of "user:password". The user has no colon.
std::string basic_authorization(std::string_view user, std::string_view password);

}  // namespace sagactl
