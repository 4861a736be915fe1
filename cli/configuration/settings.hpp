// The flags that every command shares.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/text/spelling.hpp"
#include "common/time.hpp"

namespace CLI {
class App;
}

namespace sagactl {

enum class Format : std::uint8_t { table, json, ndjson };

template <>
struct Spelling<Format> {
  static constexpr std::string_view names[] = {"table", "json", "ndjson"};
};

struct Settings {
  std::vector<std::string> urls = {"http://127.0.0.1:3000"};
  std::string token;     // empty: what `login` stored, or the local node's own
  std::string token_file;
  std::string database;  // empty: <data>/saga.db
  std::string data = "sagactl-data";
  std::string context;  // empty: the current one
  Format format = Format::table;
  Duration timeout = 10s;  // of one request
  bool wide = false;  // tables are not cut to the terminal
  bool no_color = false;
  bool quiet = false;
  bool verbose = false;
};

// Adds them to the root of the command line; they are understood after any command too.
void add_settings(CLI::App& root, Settings& settings);

}  // namespace sagactl
