// Where the values of flags come from when the command line does not give them:
// the file of a load test's scenario > environment > ./sagactl.toml > ~/.config/sagactl/config.toml, the latter
// with the current context over it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"

namespace CLI {
class App;
}

namespace sagactl {

class Commands;
struct Environment;

// Values by key: "url", "serve.port". A flag that may be repeated has several.
struct Source {
  std::string name;  // as it is told to the user: "sagactl.toml"
  std::map<std::string, std::vector<std::string>, std::less<>> values;
};

// The settings in a TOML file; nothing when there is no such file. `invalid` names the line that is wrong.
Result<std::optional<Source>> read_toml(const std::filesystem::path& path, const std::string& name);

// Fills every flag of the chosen commands (`root` and the parsed ones below it) that the command line left
// out. Returns warnings about keys that no flag has. Errors name the source and the flag; for a command that works
// without settings they are warnings, too, and what is wrong counts as not there.
Result<std::vector<std::string>> fill_flags(CLI::App& root, const Commands& commands,
                                            const Environment& environment);

}  // namespace sagactl
