// Texts that go to people, logs and reports without the passwords that stand in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

// Every way to write a password in an address becomes "***": after a user's name in a URL, alone before the @ of a
// Redis URL, as a parameter of its query (password=, sslpassword=, token= ...), and in libpq's lists of keywords
// (host=db password='it''s' ...). All else stays as it is.
std::string without_secrets(std::string_view text);

// The arguments of a command: also the values of flags whose name says that they are secret (--token, --password=...;
// not --token-file, which is a path).
std::vector<std::string> without_secrets(const std::vector<std::string>& arguments);

}  // namespace sagactl
