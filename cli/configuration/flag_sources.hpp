// Where flags that the command line does not give get their values, from the first source that has one:
// scenario file > environment > named context > ./sagactl.toml > current context > ~/.config/sagactl/config.toml.
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

// Values by key: "url", "serve.port". A repeatable flag may have several.
struct FlagSource {
  std::string name;  // shown to the user: "sagactl.toml"
  std::map<std::string, std::vector<std::string>, std::less<>> values;
};

// The settings in a TOML file; nothing when there is no such file. `invalid` names the wrong line.
Result<std::optional<FlagSource>> read_toml(const std::filesystem::path& path, const std::string& name);

struct FilledFlags {
  std::vector<std::string> warnings;  // about unknown keys
  // By the long name of a flag for every command: which source gave its value, as shown to the user ("context shop").
  std::map<std::string, std::string, std::less<>> sources;
};

// Sets every flag of the parsed commands (`root` and those below it) that the command line did not give. Errors name
// the source and the flag; for a command that works without settings they are warnings as well, and the wrong value is
// ignored.
Result<FilledFlags> fill_flags(CLI::App& root, const Commands& commands, const Environment& environment);

}  // namespace sagactl
