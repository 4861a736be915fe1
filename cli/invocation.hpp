// One run of `sagactl`: its streams, its surroundings and the flags that every command shares.
#pragma once

#include <filesystem>

#include "cli/configuration/environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/configuration/global_settings.hpp"
#include "cli/output/terminal.hpp"
#include "common/text/json.hpp"
#include "common/result.hpp"

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

  // What the user may want to know and a script does not: to the error stream, unless --quiet.
  void info(std::string_view line) const;
  // More of it: only with --verbose.
  void verbose(std::string_view line) const;

  // A result as JSON: over several lines for `-o json`, on one line for `-o ndjson`.
  void print(const Json& result) const;
  // A result whose member `rows` is a list: for `-o ndjson` one line for each of its elements.
  void print(const Json& result, std::string_view rows) const;
};

// {"error":{"code","message","hint"}}
Json error_json(const Error& error);

// An Error with the hint that error_json and the error stream show.
Error with_hint(Error error, std::string hint);

// Tells the user, in the form that was asked for, and gives the exit code.
ExitCode report(const Terminal& terminal, OutputFormat format, const Error& error);

}  // namespace sagactl
