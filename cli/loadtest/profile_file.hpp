// Reads the profile of another server from a TOML file (docs/loadtest.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/configuration/environment.hpp"
#include "common/result.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// `invalid` with all that is wrong, each on a line of its own with the place in the file. `name` is the file's name in
// errors; data files are found beside the file. `remarks`, if set, gets what is allowed and may not be meant, likewise.
Result<Profile> read_profile(const std::filesystem::path& path, const std::string& name, const Environment& environment,
                             std::vector<std::string>* remarks = nullptr);

}  // namespace sagactl
