#include "tests/services/pgbouncer.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/result.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

constexpr const char* bouncer_program = "/usr/sbin/pgbouncer";

bool bouncer_answers(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool open = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return open;
}

// It does not run as root.
void become_the_servers_user() {
  const passwd* user = ::getpwnam("postgres");
  if (::getuid() != 0 || !user) return;
  const uid_t id = user->pw_uid;
  if (::initgroups("postgres", user->pw_gid) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(id) != 0) ::_exit(126);
}

}  // namespace

bool PgBouncer::is_installed() {
  return ::access(bouncer_program, X_OK) == 0;
}

PgBouncer::PgBouncer(const PostgresServer& server, const std::string& mode, const std::string& settings)
    : folder_("/tmp/sagactl-pgbouncer-XXXXXX"), settings_("pool_mode = " + mode + '\n' + settings), port_(free_port()) {
  namespace fs = std::filesystem;
  if (!::mkdtemp(folder_.data())) crash("no directory for a test's PgBouncer could be created");
  fs::permissions(folder_, fs::perms::all);
  std::ofstream(folder_ + "/users") << '"' << PostgresServer::user << "\" \"" << PostgresServer::password << "\"\n";
  write_configuration(server);
  pid_ = ::fork();
  if (pid_ == 0) {
    const int log = ::open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    ::dup2(log, 1);
    ::dup2(log, 2);
    become_the_servers_user();
    ::execl(bouncer_program, bouncer_program, (folder_ + "/ini").c_str(), nullptr);
    ::_exit(127);
  }
  if (!eventually([&] { return bouncer_answers(port_); })) crash("a test's PgBouncer does not start");
}

void PgBouncer::write_configuration(const PostgresServer& server) const {
  const std::string at = " = host=127.0.0.1 port=" + std::to_string(server.port());
  std::ofstream(folder_ + "/ini") << "[databases]\npostgres" << at << "\n*" << at
                                  << "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
                                  << "\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = " << folder_
                                  << "/users\n"
                                  << settings_;
}

void PgBouncer::lead_to(const PostgresServer& server) {
  write_configuration(server);
  ::kill(pid_, SIGHUP);
}

PgBouncer::~PgBouncer() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string PgBouncer::url(const std::string& database) const {
  return PostgresServer::url(database, port_);
}

}  // namespace sagactl
