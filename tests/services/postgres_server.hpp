// A PostgreSQL server of a test's own, which it can stop, freeze and start again; removed with it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sagactl {

class PostgresServer {
 public:
  static constexpr const char* user = "saga";
  static constexpr const char* password = "s3cret-of-the-test";

  // Null where PostgreSQL is not installed.
  static std::unique_ptr<PostgresServer> start();
  // A server that follows this one, a copy of it otherwise, and answers reading sessions when this returns.
  std::unique_ptr<PostgresServer> make_standby() const;
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  std::string url(const std::string& database = "postgres") const { return url(database, port_); }
  static std::string url(const std::string& database, std::uint16_t port);  // through a proxy at that port
  std::uint16_t port() const { return port_; }

  void freeze();  // the postmaster and all its children, by SIGSTOP
  void thaw();
  void restart();  // as an operator does: all sessions are ended
  void stop();
  void kill();  // nothing more is written, sent or answered
  void start_again();
  void promote();  // a standby becomes a primary
  void demote();   // restarts as a standby that follows nobody
  // From now on commits wait for a standby, or no longer.
  void wait_for_standbys(bool wait);

  // A shell command, run as the server's user in a folder of the server's that goes with it. Did it succeed?
  bool run(const std::string& command) const;
  const std::string& directory() const { return directory_; }
  // Lines for postgresql.conf, and all of pg_hba.conf; restarts.
  void configure(const std::string& settings, const std::string& who_may);

 private:
  PostgresServer(std::string directory, std::string programs, std::uint16_t port);
  static std::unique_ptr<PostgresServer> with_directory(const std::string& programs);
  bool control(const std::string& arguments) const;
  std::vector<int> processes() const;

  const std::string directory_, programs_;
  const std::uint16_t port_;
};

}  // namespace sagactl
