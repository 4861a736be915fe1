// One run of `sagactl`: its streams, its environment and the flags that all commands share.
#pragma once

#include <filesystem>

#include "cli/configuration/environment.hpp"
#include "cli/configuration/global_settings.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/output/terminal.hpp"
#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// The references outlive the run. One thread.
struct Invocation {
  Terminal& terminal;
  const Environment& environment;
  Interrupt& interrupt;
  GlobalSettings settings;
  Paint paint;
  std::string command = {};  // the command line as it was typed, without secrets

  bool wants_json() const { return settings.format != OutputFormat::table; }
  std::filesystem::path data() const { return environment.resolve(settings.data); }

  // A line for people, on the error stream. Not with --quiet.
  void info(std::string_view line) const;
  // The same, only with --verbose.
  void verbose(std::string_view line) const;

  // A result as JSON: indented for `-o json`, on one line for `-o ndjson`.
  void print(const Json& result) const;
  // A result whose member `rows` is a list: `-o ndjson` prints one line per element.
  void print(const Json& result, std::string_view rows) const;
};

// {"error":{"code","message","hint"}}
Json error_json(const Error& error);

// Adds the hint that error_json and the error stream show.
Error with_hint(Error error, std::string hint);

// Prints the error in the requested format; returns its exit code.
ExitCode report(const Terminal& terminal, OutputFormat format, const Error& error);

}  // namespace sagactl
