#include "tests/services/mongo_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "common/result.hpp"
#include "common/text/text.hpp"
#include "tests/services/loopback.hpp"

namespace sagactl {
namespace {

constexpr int mongo_tries = 1200;
constexpr useconds_t mongo_try_again_us = 50'000;

// What a command writes, and whether it succeeded.
std::pair<std::string, bool> output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return {"it cannot be started", false};
  char bytes[4096];
  for (std::size_t count; (count = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;) text.append(bytes, count);
  const int ended = ::pclose(pipe);
  return {std::string(trim(text)), ended == 0};
}

bool mongo_accepts(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool is_open = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return is_open;
}

}  // namespace

std::unique_ptr<MongoServer> MongoServer::start(std::string& why, const std::vector<std::string>& identity) {
  const auto [said, is_installed] = output_of(SAGACTL_SOURCE_DIR "/tools/mongo-server 2>&1");
  if (!is_installed) {
    why = said;
    return nullptr;
  }
  std::string directory = "/tmp/sagactl-mongo-XXXXXX";
  if (!::mkdtemp(directory.data())) crash("no directory for a test's server could be created");
  std::unique_ptr<MongoServer> server(new MongoServer(directory, free_port()));
  server->launch(fmt::format("{}/mongo-server", said.substr(said.rfind('\n') + 1)), identity);
  return server;
}

void MongoServer::launch(const std::string& program, const std::vector<std::string>& identity) {
  std::vector<std::string> all = {program, fmt::format("127.0.0.1:{}", port_), directory_};
  all.insert(all.end(), identity.begin(), identity.end());
  std::vector<char*> arguments;
  for (std::string& argument : all) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const std::string log_file = fmt::format("{}/log", directory_);
  process_ = ::fork();
  if (process_ == 0) {
    const int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  for (int tries = 0; tries < mongo_tries; ++tries) {
    if (mongo_accepts(port_)) return;
    if (::waitpid(process_, nullptr, WNOHANG) == process_) break;
    ::usleep(mongo_try_again_us);
  }
  crash(fmt::format("a test's MongoDB server does not start: {}", output_of(fmt::format("cat {}", log_file)).first)
            .c_str());
}

MongoServer::~MongoServer() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string MongoServer::url(const std::string& parameters, const std::string& user) const {
  return fmt::format("mongodb://{}127.0.0.1:{}/shop{}", user, port_, parameters);
}

}  // namespace sagactl
