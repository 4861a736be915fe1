#include "tests/services/redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <thread>

#include "common/result.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

constexpr const char* program = "/usr/bin/redis-server";

}  // namespace

RedisServer::RedisServer(std::vector<std::string> arguments) : arguments_(std::move(arguments)), port_(free_port()) {
  start();
}

RedisServer::~RedisServer() {
  kill();
}

bool RedisServer::is_installed() {
  return ::access(program, X_OK) == 0;
}

std::string RedisServer::url() const {
  return "redis://127.0.0.1:" + std::to_string(port_);
}

void RedisServer::start() {
  std::vector<std::string> words{program,  "--port", std::to_string(port_), "--bind", "127.0.0.1",
                                 "--save", "",       "--appendonly",        "no"};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    const int null_device = ::open("/dev/null", O_RDWR);
    ::dup2(null_device, 1);
    ::dup2(null_device, 2);
    ::execv(program, argv.data());
    ::_exit(127);
  }
  const auto answers = [&] { return !run({"PING"}).empty(); };  // also when it requires a password
  if (!eventually(answers)) crash("a test's Redis does not start");
}

void RedisServer::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::freeze() const {
  ::kill(pid_, SIGSTOP);
}

void RedisServer::resume() const {
  ::kill(pid_, SIGCONT);
}

std::string RedisServer::run_at(std::uint16_t port, const std::vector<std::string>& command) {
  const std::unique_ptr<redisContext, void (*)(redisContext*)> context(redisConnect("127.0.0.1", port), redisFree);
  if (!context || context->err != 0) return {};
  std::vector<const char*> parts;
  for (const std::string& part : command) parts.push_back(part.c_str());
  void* got = redisCommandArgv(context.get(), static_cast<int>(parts.size()), parts.data(), nullptr);
  const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(got), freeReplyObject);
  if (!reply) return {};
  if (reply->type == REDIS_REPLY_INTEGER) return std::to_string(reply->integer);
  return reply->str ? std::string(reply->str, reply->len) : std::string("-");
}

}  // namespace sagactl
