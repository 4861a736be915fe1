// Runs the real program as a process in its own directory.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl {

struct ProcessResult {
  int code = -1;  // the exit code, or 128 + the signal that ended it
  std::string out;
  std::string err;

  Json json() const { return Json::parse(out, nullptr, false); }
};

// Started by the constructor, killed by the destructor. Its environment consists of `variables` ("NAME=value") and
// HOME. `program` replaces sagactl.
class Process {
 public:
  Process(const std::vector<std::string>& arguments, const std::filesystem::path& directory,
          std::vector<std::string> variables = {}, const char* program = nullptr);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line of its output without the line break; "" at the end of the output.
  std::string next_line();
  void send(int signal) const;
  pid_t pid() const { return pid_; }
  // Waits for its end and reads the rest of its output.
  ProcessResult wait();

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::filesystem::path err_;  // a file, so that the process never waits for a reader
  std::string buffer_;
  bool ended_ = false;
};

// A directory for nodes and the commands that use them.
class TestDirectory {
 public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  const std::filesystem::path& directory() const { return directory_; }
  std::vector<std::string> variables;  // environment of all processes that run here
  ProcessResult run(std::vector<std::string> arguments) const;

 private:
  std::filesystem::path directory_;
};

// `sagactl serve` on free ports, until it is destroyed.
class ServeProcess {
 public:
  ServeProcess(const TestDirectory& site, std::vector<std::string> flags);
  // Another program with the same output that serves nodes.
  ServeProcess(const TestDirectory& site, const char* program, const std::vector<std::string>& flags, int nodes);

  // The addresses of the nodes, as for --url.
  const std::string& urls() const { return urls_; }
  // Runs a command of sagactl for these nodes.
  ProcessResult run(std::vector<std::string> arguments) const;
  Process& process() { return process_; }

 private:
  void await_nodes(int nodes);

  const TestDirectory& site_;
  Process process_;
  std::string urls_;
};

}  // namespace sagactl
