// Secrets in files that only their owner can read.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl::auth {

// The text in `file`, without its line end. `not_found` when there is no such file; `forbidden` when others may read or
// write it, or another user owns it; `invalid` when it is empty, too long or not a regular file.
Result<std::string> load_secret(const std::filesystem::path& file);

// Writes `file` with mode 0600, atomically and durably. Replaces an existing file. Creates missing directories with
// mode 0700.
Result<void> save_secret(const std::filesystem::path& file, std::string_view secret);

// The secret in `file`; when there is no such file, creates it with `bytes` random bytes as hexadecimal digits. Of
// several concurrent processes one creates it, and all get the same.
Result<std::string> load_or_create_secret(const std::filesystem::path& file, std::size_t bytes = 32);

}  // namespace sagactl::auth
