// The flags that all commands share.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/text/spelling.hpp"
#include "common/time.hpp"

namespace CLI {
class App;
}

namespace sagactl {

enum class OutputFormat : std::uint8_t { table, json, ndjson };

template <>
struct Spelling<OutputFormat> {
  static constexpr std::string_view names[] = {"table", "json", "ndjson"};
};

struct GlobalSettings {
  std::vector<std::string> urls = {"http://127.0.0.1:3000"};
  bool url_was_given = false;  // by a flag, a variable, a file or a context
  std::string token;           // empty: stored by `login`, or the local node's operator token
  std::string token_file;
  std::string database;  // empty: DATABASE_*, or <data>/saga.db
  std::string data = "sagactl-data";
  std::string context;                                          // empty: the current one
  std::string ca_file, certificate_file, certificate_key_file;  // for https, PEM; empty: what this machine trusts, none
  bool insecure = false;                                        // no server has to prove who it is
  std::string proxy;                                            // empty: none
  OutputFormat format = OutputFormat::table;
  Duration timeout = 10s;  // of one request
  bool wide = false;       // do not cut tables to the terminal
  bool no_color = false;
  bool quiet = false;
  bool verbose = false;
  // Which file, context or environment variable gave a flag its value, by the flag's name without dashes; not for flags
  // of the command line.
  std::map<std::string, std::string, std::less<>> sources;
};

// Adds them to the root command; they may also follow a subcommand.
void add_settings(CLI::App& root, GlobalSettings& settings);

}  // namespace sagactl
