// Files that only their owner may read: credentials and contexts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "common/json.hpp"
#include "common/result.hpp"

namespace sagactl {

// Nothing when there is no such file; `unavailable` when it cannot be read.
Result<std::optional<std::string>> read_file(const std::filesystem::path& path);

// The object in a JSON file; an empty one when there is no such file.
Result<Json> read_json_file(const std::filesystem::path& path);

// Writes it with mode 0600, in a directory that is made with mode 0700 when it is not there: to a file beside
// it first, renamed then, so that it is never half written.
Result<void> write_private_file(const std::filesystem::path& path, const std::string& text);

}  // namespace sagactl
