#include "server/adapters/postgres/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "common/log.hpp"
#include "server/adapters/postgres/counter_table.hpp"

namespace sagactl::postgres {
namespace {

constexpr std::chrono::milliseconds look_again{20};
constexpr int looks_min = 10;  // before it is made of it: a process that has just ended lets go in no time
constexpr std::chrono::seconds patience_max{5};
constexpr std::chrono::milliseconds idle_min{1'000};
// Who waits for a commit hears within that of a server that does not answer. The server ends what takes so long earlier.
constexpr std::chrono::milliseconds patience_of_call{3'400};

const Statement sql_take_name{"session_take_name",
                              "SELECT pg_try_advisory_lock('node'::regclass::oid::integer, $1::bigint::integer)"};
const Statement sql_let_go{"session_let_go",
                           "SELECT pg_advisory_unlock('node'::regclass::oid::integer, $1::bigint::integer)"};
// A commit that waits for a synchronous standby is left alone: ended, it would be seen and acted upon here, and be lost
// with this server.
const Statement sql_end_holder{
    "session_end_holder",
    "SELECT a.wait_event = 'SyncRep', CASE WHEN a.wait_event IS DISTINCT FROM 'SyncRep' THEN pg_terminate_backend(l.pid) "
    "END FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE l.locktype = 'advisory' AND l.granted "
    "AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND l.classid = 'node'::regclass::oid AND l.objid = $1::bigint::oid AND l.pid <> pg_backend_pid()"};
const Statement sql_read_life{"session_read_life",
                              "SELECT url, lease_until, database_now() FROM node WHERE name = $1"};
const Statement sql_begin_life{
    "session_begin_life",
    "UPDATE node SET url = $2, epoch = epoch + 1, lease_until = database_now() + $3::bigint WHERE name = $1 "
    "RETURNING epoch, last_sequence, lease_until"};

// The plans of batches do not depend on what is known of the tables' sizes: everything is found by its key. A
// node that stands still in a transaction, and one whose machine is gone, lets go of its locks.
std::string writer_settings(Duration lease) {
  const auto idle = std::max(idle_min, std::chrono::ceil<std::chrono::milliseconds>(lease));
  return fmt::format(
      "-c idle_in_transaction_session_timeout={} -c lock_timeout=2500 -c statement_timeout=3000 -c jit=off "
      "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
      "-c client_connection_check_interval=1000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 "
      "-c tcp_keepalives_count=3 -c tcp_user_timeout=5000",
      idle.count());
}

}  // namespace

Session::Session(const Address& address, NodeName node, Duration lease)
    : node_(std::move(node)), connection_(address, {"sagactl " + node_, writer_settings(lease), patience_of_call}) {
  connection_.on_open([this](Connection&) {
    names_.forget();
    has_name_ = false;
    if (number_ != 0) take_name();  // when another has it, that one has a later epoch
  });
}

bool Session::take_name() {
  Rows row = connection_.run(sql_take_name, Parameters().add(number_));
  has_name_ = row.next() && row.integer() != 0;
  return has_name_;
}

void Session::keep_name() {
  if (connection_.is_open() && !has_name_ && number_ != 0) take_name();
}

bool Session::end_holder() {
  Rows row = connection_.run(sql_end_holder, Parameters().add(number_));
  while (row.next())
    if (row.integer() != 0) return false;
  return true;
}

void Session::let_go() {
  connection_.run(sql_let_go, Parameters().add(number_));
  number_ = 0;
  has_name_ = false;
}

Result<NodeRegistration> Session::register_node(const std::string& url, Duration lease) {
  number_ = names_.number_of_node(node_);
  Timestamp known_lease;
  const auto patience = std::chrono::steady_clock::now() + patience_max;
  for (int looks = 1; !take_name(); ++looks) {
    Rows life = connection_.run(sql_read_life, Parameters().add(std::string_view(node_)));
    life.next();
    const std::string other(life.text());
    const Timestamp lease_until = life.time(), now = life.time();
    const bool is_late = std::chrono::steady_clock::now() >= patience;
    if (lease_until <= now) {
      // It stands still, and is fenced by what follows.
      if (looks >= looks_min && !end_holder())
        return Error{ErrorCode::unavailable,
                     fmt::format("the last commit of node {} waits for a synchronous standby: bring one of the server's "
                                 "synchronous_standby_names back, or change that setting; the node goes on then",
                                 node_)};
    } else if ((looks > 1 && lease_until != known_lease) || is_late) {
      return Error{ErrorCode::conflict,
                   fmt::format("the node id {} is in use: a node that serves {} is live and renews its lease; stop "
                               "it, or start this one with another --node-id (NODE_ID)",
                               node_, other)};
    } else if (looks == looks_min) {
      log_warn("another process seems to be this node; waiting for its lease to run out",
               {{"node", node_}, {"url", other}, {"left", format_duration(lease_until - now)}});
    }
    known_lease = lease_until;
    std::this_thread::sleep_for(look_again);
  }
  connection_.run(sql_fold_counters);
  Rows life = connection_.run(
      sql_begin_life, Parameters().add(std::string_view(node_)).add(std::string_view(url)).add(lease.count()));
  if (!life.next()) fail_as_bug("a node that registers is gone");
  const std::int64_t epoch = life.integer(), last_sequence = life.integer();
  time_.told(life.time() - lease);
  return NodeRegistration{{node_, epoch}, last_sequence};
}

}  // namespace sagactl::postgres
