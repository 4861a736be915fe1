#include "tests/services/postgres_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/result.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

namespace fs = std::filesystem;

// Debian installs the server's programs outside of PATH, one version beside the other: the newest, as tools/services.
std::string find_programs() {
  std::string found;
  int newest = 0;
  std::error_code ignored;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const int number = std::atoi(version.path().filename().c_str());
    if (number <= newest || !fs::exists(version.path() / "bin/initdb")) continue;
    newest = number;
    found = (version.path() / "bin").string();
  }
  return found;
}

// The server does not run as root.
bool run_as_server(const std::string& command) {
  const std::string prefix = ::getuid() == 0 ? "runuser -u postgres -- " : "";
  return std::system((prefix + command + " >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace

std::unique_ptr<PostgresServer> PostgresServer::with_directory(const std::string& programs) {
  std::string directory = "/tmp/sagactl-postgres-XXXXXX";
  if (!::mkdtemp(directory.data())) crash("no directory for a test's server could be created");
  fs::permissions(directory, fs::perms::all);
  return std::unique_ptr<PostgresServer>(new PostgresServer(directory, programs, free_port()));
}

std::unique_ptr<PostgresServer> PostgresServer::start() {
  const std::string programs = find_programs();
  if (programs.empty()) return nullptr;
  std::unique_ptr<PostgresServer> server = with_directory(programs);
  const std::string secret = server->directory_ + "/password";
  std::ofstream(secret) << password << '\n';
  fs::permissions(secret, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
  if (!run_as_server(fmt::format("{}/initdb -A scram-sha-256 -U {} --pwfile={} --no-sync -D {}/data", programs, user,
                                 secret, server->directory_)))
    crash("initdb failed");
  server->start_again();
  return server;
}

std::unique_ptr<PostgresServer> PostgresServer::make_standby() const {
  std::unique_ptr<PostgresServer> standby = with_directory(programs_);
  if (!run_as_server(fmt::format("{}/pg_basebackup -R -c fast --no-sync -d {} -D {}/data", programs_, url("postgres"),
                                 standby->directory_)))
    crash("pg_basebackup failed");
  standby->start_again();
  return standby;
}

PostgresServer::PostgresServer(std::string directory, std::string programs, std::uint16_t port)
    : directory_(std::move(directory)), programs_(std::move(programs)), port_(port) {}

PostgresServer::~PostgresServer() {
  thaw();
  kill();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

bool PostgresServer::control(const std::string& arguments) const {
  return run_as_server(fmt::format("{}/pg_ctl -D {}/data -l {}/log -w -t {} {}", programs_, directory_, directory_,
                                   hang_limit.count(), arguments));
}

void PostgresServer::start_again() {
  if (!control(fmt::format("-o '-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync=off' start",
                           port_, directory_)))
    crash("a test's PostgreSQL server does not start");
}

void PostgresServer::stop() {
  control("-m fast stop");
}

void PostgresServer::kill() {
  control("-m immediate stop");
}

void PostgresServer::promote() {
  if (!control("promote")) crash("a test's standby cannot be promoted");
}

void PostgresServer::demote() {
  stop();
  std::ofstream(directory_ + "/data/standby.signal") << "";
  start_again();
}

void PostgresServer::wait_for_standbys(bool wait) {
  std::ofstream(directory_ + "/data/postgresql.conf", std::ios::app)
      << "synchronous_standby_names = '" << (wait ? "*" : "") << "'\n";
  control("reload");
}

void PostgresServer::restart() {
  stop();
  start_again();
}

bool PostgresServer::run(const std::string& command) const {
  return run_as_server("sh -c 'cd " + directory_ + " && { " + command + "; }'");
}

void PostgresServer::configure(const std::string& settings, const std::string& who_may) {
  std::ofstream(directory_ + "/data/postgresql.conf", std::ios::app) << settings;
  std::ofstream(directory_ + "/data/pg_hba.conf") << who_may;
  restart();
}

std::string PostgresServer::url(const std::string& database, std::uint16_t port) {
  return fmt::format("postgres://{}:{}@127.0.0.1:{}/{}", user, password, port, database);
}

std::vector<int> PostgresServer::processes() const {
  std::vector<int> all;
  int postmaster = 0;
  std::ifstream(directory_ + "/data/postmaster.pid") >> postmaster;
  if (postmaster == 0) return all;
  all.push_back(postmaster);
  std::ifstream children(fmt::format("/proc/{}/task/{}/children", postmaster, postmaster));
  for (int child = 0; children >> child;) all.push_back(child);
  return all;
}

void PostgresServer::freeze() {
  for (const int process : processes()) ::kill(process, SIGSTOP);
}

void PostgresServer::thaw() {
  for (const int process : processes()) ::kill(process, SIGCONT);
}

}  // namespace sagactl
