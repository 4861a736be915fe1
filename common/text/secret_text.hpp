// Removes passwords from texts for people, logs and reports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

// Passwords become "***": after the user of a URL, alone before the @ of a Redis URL, as a parameter of a URL's query
// (password=, sslpassword=, token= ...), and in libpq's keyword lists (host=db password='it''s' ...). The rest stays
// unchanged.
std::string without_secrets(std::string_view text);

// The arguments of a command: also the values of flags with a secret name (--token, --password=...; not --token-file,
// which is a path).
std::vector<std::string> without_secrets(const std::vector<std::string>& arguments);

}  // namespace sagactl
