// Secrets in files of the data directory that only their owner can read.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl::auth {

// The text in `file`, without its line end. `not_found` when there is none; `forbidden` when others may read
// or write it or it belongs to somebody else; `invalid` when it is empty, too long or not a plain file.
Result<std::string> load_secret(const std::filesystem::path& file);

// Writes `file` with mode 0600, whole or not at all, also when the machine stops meanwhile. Replaces what was
// there. Missing directories are made with mode 0700.
Result<void> save_secret(const std::filesystem::path& file, std::string_view secret);

// The secret in `file`, made of `bytes` random bytes (as hexadecimal digits) when there is none. Of several
// processes that come at once one makes it, and all get the same.
Result<std::string> load_or_create_secret(const std::filesystem::path& file, std::size_t bytes = 32);

}  // namespace sagactl::auth
