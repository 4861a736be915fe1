// Runs a complete command line of sagactl with its own streams, in its own directory.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/configuration/environment.hpp"
#include "cli/interrupt.hpp"
#include "common/text/json.hpp"

namespace sagactl {

struct CommandResult {
  int code = -1;
  std::string out;
  std::string err;

  Json json() const;  // of `out`; discarded when it is not JSON
};

// A working directory and a home directory, both empty at first and removed at the end.
class CliSandbox {
 public:
  CliSandbox();
  ~CliSandbox();
  CliSandbox(const CliSandbox&) = delete;
  CliSandbox& operator=(const CliSandbox&) = delete;

  CommandResult run(const std::vector<std::string>& arguments);

  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path home() const { return directory_ / "home"; }
  void write(const std::filesystem::path& file, const std::string& text) const;  // relative to the directory
  std::string read(const std::filesystem::path& file) const;

  std::map<std::string, std::string, std::less<>> variables;
  std::string input;         // standard input
  bool terminal = false;     // whether the streams are a terminal
  int width = 100;           // its columns
  bool interrupted = false;  // Ctrl-C before the command waits
  bool removed = false;      // whether the working directory has been removed

 private:
  std::filesystem::path directory_;
};

}  // namespace sagactl
