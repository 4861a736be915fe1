// The caller of a request without a token to a surface that has no accounts of its own. No user in the database.
#pragma once

#include <string_view>

namespace sagactl::api {

inline constexpr std::string_view guest_id = "00000000-0000-7000-8000-000000000002";
inline constexpr std::string_view guest_email = "guest@localhost";

}  // namespace sagactl::api
