#include "tests/e2e/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "common/id.hpp"
#include "common/result.hpp"

namespace sagactl {
namespace {

std::vector<std::string> serve_arguments(std::vector<std::string> flags) {
  std::vector<std::string> arguments = {"serve", "--port", "0", "-o", "ndjson"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return arguments;
}

int number_after(const std::vector<std::string>& flags, const std::string& name) {
  for (std::size_t i = 0; i + 1 < flags.size(); ++i)
    if (flags[i] == name) return std::stoi(flags[i + 1]);
  return 1;
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const std::filesystem::path& directory,
                 std::vector<std::string> variables, const char* program)
    : err_(directory / ("err-" + new_uuid().text())) {
  if (!program) program = SAGACTL_BINARY;
  std::vector<char*> argv = {const_cast<char*>(program)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  variables.push_back("HOME=" + directory.string());
  std::vector<char*> environment;
  for (const std::string& variable : variables) environment.push_back(const_cast<char*>(variable.c_str()));
  environment.push_back(nullptr);
  int pipes[2];
  if (::pipe2(pipes, O_CLOEXEC) != 0) crash("no pipe for a process");
  const int err = ::open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(pipes[1], STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    if (::chdir(directory.c_str()) == 0) ::execve(program, argv.data(), environment.data());
    ::_exit(127);
  }
  ::close(pipes[1]);
  ::close(err);
  out_ = pipes[0];
}

Process::~Process() {
  if (!ended_) {
    send(SIGKILL);
    wait();
  }
}

std::string Process::next_line() {
  for (;;) {
    if (const std::size_t end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    char piece[4096];
    const ssize_t length = ::read(out_, piece, sizeof piece);
    if (length <= 0) return "";
    buffer_.append(piece, static_cast<std::size_t>(length));
  }
}

void Process::send(int signal) const {
  ::kill(pid_, signal);
}

ProcessResult Process::wait() {
  ProcessResult result;
  char piece[4096];
  for (ssize_t length; (length = ::read(out_, piece, sizeof piece)) > 0;)
    buffer_.append(piece, static_cast<std::size_t>(length));
  int status = 0;
  ::waitpid(pid_, &status, 0);
  ended_ = true;
  ::close(out_);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = buffer_;
  std::ostringstream text;
  text << std::ifstream(err_).rdbuf();
  result.err = text.str();
  return result;
}

TestDirectory::TestDirectory()
    : directory_(std::filesystem::temp_directory_path() / ("sagactl-site-" + new_uuid().text())) {
  std::filesystem::create_directories(directory_);
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

ProcessResult TestDirectory::run(std::vector<std::string> arguments) const {
  return Process(arguments, directory_, variables).wait();
}

ServeProcess::ServeProcess(const TestDirectory& site, std::vector<std::string> flags)
    : site_(site), process_(serve_arguments(flags), site.directory(), site.variables) {
  await_nodes(number_after(flags, "--nodes"));
}

ServeProcess::ServeProcess(const TestDirectory& site, const char* program, const std::vector<std::string>& flags,
                           int nodes)
    : site_(site), process_(flags, site.directory(), site.variables, program) {
  await_nodes(nodes);
}

void ServeProcess::await_nodes(int nodes) {
  for (int node = 0; node < nodes; ++node) {
    const std::string text = process_.next_line();
    const Json line = Json::parse(text, nullptr, false);
    if (!line.is_object() || !line.contains("url")) crash(("no node started: " + text + process_.wait().err).c_str());
    urls_ += (urls_.empty() ? "" : ",") + line["url"].get<std::string>();
  }
}

ProcessResult ServeProcess::run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--url", urls_});
  return site_.run(std::move(arguments));
}

}  // namespace sagactl
