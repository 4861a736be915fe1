// A session that runs one statement after another through libpqxx: for migrations, the doctor, snapshots of the history
// and other systems' databases. Batches and the API's queries go through a PostgresConnection instead.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/adapters/postgres/connection/address.hpp"
#include "server/adapters/postgres/connection/open_session.hpp"
#include "server/adapters/postgres/connection/pqxx_rows.hpp"
#include "server/adapters/sql/interned_names.hpp"

namespace sagactl::postgres {

// Not for several threads at once. Every call throws a DatabaseFailure, classified by SQLSTATE as elsewhere. libpqxx
// waits for an answer without a limit, and a server that is frozen keeps its TCP connection alive: a call that takes
// longer than `timeout` is ended by shutting the socket down. The session does not reconnect.
class PqxxConnection {
 public:
  PqxxConnection(const PostgresAddress& address, const ConnectOptions& options, std::chrono::milliseconds timeout);
  ~PqxxConnection();
  PqxxConnection(const PqxxConnection&) = delete;
  PqxxConnection& operator=(const PqxxConnection&) = delete;

  // From here on all statements see the database as it was at the first of them; or as the session sees it that has
  // exported its snapshot under that name. Ends with the connection, or with a statement that fails.
  void begin_snapshot(const std::string& exported = {});
  // Runs `work` at a savepoint of the snapshot, and rolls back to it: a statement that fails in it leaves the snapshot
  // usable.
  void run_and_roll_back(const std::function<void()>& work);

  // Runs one statement: in the snapshot, or in a transaction of its own.
  PqxxRows run(const std::string& sql);
  // Runs several statements in one transaction. `unknown_outcome` when the connection was lost during the commit.
  void run_script(const std::string& sql);

  std::string quote(std::string_view text);  // as a literal
  const PostgresAddress& address() const { return address_; }

 private:
  class AdoptedSession;

  template <class Work>
  auto call(const Work& work);
  [[noreturn]] void rethrow();
  void end(auto& transaction);

  const PostgresAddress address_;
  const std::chrono::milliseconds timeout_;
  const std::unique_ptr<AdoptedSession> session_;
};

class PqxxNames : public sql::InternedNames {
 public:
  explicit PqxxNames(PqxxConnection& connection) : connection_(connection) {}

 private:
  void load_nodes() override;
  void load_definitions() override;
  void add_node(const NodeName& name) override;
  void add_definition(std::string_view name, int version) override;
  std::string load_definition_text(std::int64_t number) override;

  PqxxConnection& connection_;
};

}  // namespace sagactl::postgres
