#include "tests/services/mariadb_server.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/result.hpp"
#include "common/text/percent.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

bool succeeds(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::unique_ptr<MariadbServer> MariadbServer::start() {
  if (!succeeds("command -v mariadbd && command -v mariadb-install-db && command -v mariadb")) return nullptr;
  std::string directory = "/tmp/sagactl-mariadb-XXXXXX";
  if (!::mkdtemp(directory.data())) crash("no directory for a test's server could be created");
  std::unique_ptr<MariadbServer> server(new MariadbServer(directory, free_port()));
  const std::string user_flag = ::getuid() == 0 ? "--user=root" : "";
  // Each has a folder for temporary tables: a server that starts deletes those that it finds there, also another's.
  std::filesystem::create_directory(directory + "/tmp");
  const std::string log = directory + "/install.log";
  const std::string install = fmt::format(
      "mariadb-install-db --no-defaults {0} --datadir={1}/data --tmpdir={1}/tmp --skip-test-db "
      "--auth-root-authentication-method=normal --innodb-flush-method=nosync >{2} 2>&1",
      user_flag, directory, log);
  if (std::system(install.c_str()) != 0) crash(("mariadb-install-db failed: " + text_of(log)).c_str());
  server->launch();
  if (!server->run(
          fmt::format("CREATE USER '{0}'@'%' IDENTIFIED BY '{1}'; GRANT ALL ON shop.* TO '{0}'@'%';", user, password)))
    crash("a test's MariaDB server has no user");
  return server;
}

void MariadbServer::launch() {
  process_ = ::fork();
  if (process_ == 0) {
    const std::string data = fmt::format("--datadir={}/data", directory_),
                      socket = fmt::format("--socket={}/socket", directory_), port = fmt::format("--port={}", port_),
                      log = fmt::format("--log-error={}/log", directory_),
                      temporary = fmt::format("--tmpdir={}/tmp", directory_);
    ::execlp("mariadbd", "mariadbd", "--no-defaults", "--user=root", data.c_str(), socket.c_str(), port.c_str(),
             log.c_str(), temporary.c_str(), "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0",
             "--innodb-buffer-pool-size=16M", "--skip-name-resolve", "--skip-ssl", nullptr);
    ::_exit(127);
  }
  const std::string create = client() + " -e 'CREATE DATABASE IF NOT EXISTS shop'";
  if (!eventually([&] { return succeeds(create); }, std::chrono::milliseconds(100)))
    crash("a test's MariaDB server does not start");
}

MariadbServer::~MariadbServer() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string MariadbServer::url() const {
  return fmt::format("mysql://{}:{}@127.0.0.1:{}/shop", user, percent_encode(password), port_);
}

bool MariadbServer::run(const std::string& sql) const {
  const std::string file = directory_ + "/statements.sql";
  std::ofstream(file) << sql;
  return succeeds(client() + " shop < " + file);
}

// MariaDB's client of 11.4 and later wants TLS unless it is said not to.
std::string MariadbServer::client() const {
  return fmt::format("mariadb --no-defaults --skip-ssl -u root -S {}/socket", directory_);
}

}  // namespace sagactl
