// A node's own connection for writing. While it is open it holds the node's name: nobody else can take that from a
// process that lives, and a process that has died has let go of it.
#pragma once

#include <memory>
#include <mutex>

#include "server/adapters/postgres/connection.hpp"
#include "server/adapters/postgres/names.hpp"
#include "server/adapters/postgres/server_time.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

class Session {
 public:
  // `lease` bounds how long a transaction may stand idle.
  Session(const Address& address, NodeName node, Duration lease);

  std::mutex& mutex() { return mutex_; }
  Connection& connection() { return connection_; }
  Names& names() { return names_; }
  ServerTime& time() { return time_; }

  // Begins a new life. Waits while another process that seems to live has the name, at most for what is left of its
  // lease: `conflict` when it renews that.
  Result<NodeRegistration> register_node(const std::string& url, Duration lease);
  void keep_name();  // takes it again when the connection under it has been made anew
  void let_go();     // of the name

 private:
  bool take_name();
  bool end_holder();  // false: it waits for a synchronous standby, and is left alone

  std::mutex mutex_;
  const NodeName node_;
  std::int64_t number_ = 0;  // of the node, once it has registered
  bool has_name_ = false;
  Connection connection_;
  Names names_{connection_};
  ServerTime time_;
};

}  // namespace sagactl::postgres
