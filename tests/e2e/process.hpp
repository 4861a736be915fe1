// The real program as a process of its own, in a directory of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl {

struct Ended {
  int code = -1;  // the exit code; 128 + the signal that ended it
  std::string out;
  std::string err;

  Json json() const { return Json::parse(out, nullptr, false); }
};

// Started by the constructor; killed by the destructor when it still runs. Its environment is `variables` ("NAME=value")
// and a HOME, and nothing else. `program`: another one than sagactl.
class Process {
 public:
  Process(const std::vector<std::string>& arguments, const std::filesystem::path& directory,
          std::vector<std::string> variables = {}, const char* program = nullptr);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line of its output, without the line end; "" when it has ended its output.
  std::string next_line();
  void send(int signal) const;
  pid_t pid() const { return pid_; }
  // Waits for its end and takes the rest of its output.
  Ended wait();

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::filesystem::path err_;  // a file: nobody has to read it for the process to go on
  std::string buffer_;
  bool ended_ = false;
};

// A directory for nodes and the commands that use them.
class Site {
 public:
  Site();
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  const std::filesystem::path& directory() const { return directory_; }
  std::vector<std::string> variables;  // of the environment of everything that runs here
  Ended run(std::vector<std::string> arguments) const;

 private:
  std::filesystem::path directory_;
};

// `sagactl serve` on ports of its own, until it goes.
class Served {
 public:
  Served(const Site& site, std::vector<std::string> flags);
  // Another program that serves, says so in the same way, and is asked by sagactl.
  Served(const Site& site, const char* program, const std::vector<std::string>& flags, int nodes);

  // The nodes' addresses as --url takes them.
  const std::string& urls() const { return urls_; }
  // A command of sagactl that asks them.
  Ended run(std::vector<std::string> arguments) const;
  Process& process() { return process_; }

 private:
  void await_nodes(int nodes);

  const Site& site_;
  Process process_;
  std::string urls_;
};

}  // namespace sagactl
