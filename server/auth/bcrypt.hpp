// Password hashes of bcrypt ($2a$, $2b$ and $2y$), which other systems have stored: read, and never written here. A
// check takes from a few milliseconds to seconds, as the hash says: see password.hpp for where it may run.
#pragma once

#include <string_view>

namespace sagactl::auth {

// A hash of a higher cost is not checked: 2^15 rounds take a core about two seconds.
inline constexpr int bcrypt_cost_max = 15;

// Whether the text is a bcrypt hash, of whatever cost.
bool is_bcrypt(std::string_view encoded);

// 2 to the power of this is its number of rounds; 0 when the text is no bcrypt hash.
int bcrypt_cost(std::string_view encoded);

// False for a wrong password, for text that is no such hash, for one over bcrypt_cost_max, and for a password with a
// U+0000, which bcrypt ends at. Of a long password only the first 72 bytes count, as wherever bcrypt is used.
bool verify_bcrypt(std::string_view encoded, std::string_view password);

}  // namespace sagactl::auth
