// Reads the profile of another server from a TOML file (docs/loadtest.md).
#pragma once

#include <filesystem>
#include <string>

#include "common/result.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// `invalid` with the line or the member that is wrong. `name` is the file's name in errors.
Result<Profile> read_profile(const std::filesystem::path& path, const std::string& name);

}  // namespace sagactl
