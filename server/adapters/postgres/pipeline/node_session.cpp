#include "server/adapters/postgres/pipeline/node_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "common/log.hpp"
#include "server/adapters/postgres/connection/postgres_failure.hpp"
#include "server/adapters/postgres/connection/session_names.hpp"
#include "server/adapters/postgres/tables/counter_table.hpp"

namespace sagactl::postgres {
namespace {

constexpr std::chrono::milliseconds retry_interval{20};
constexpr int tries_min = 10;  // before the holder is reported: the server releases an ended process's lock within ms
constexpr std::chrono::seconds wait_max{5};
constexpr std::chrono::milliseconds idle_min{1'000};
// Longer than the server's statement_timeout, so that it answers first when it can.
constexpr std::chrono::milliseconds call_timeout{3'400};

const PostgresStatement sql_acquire_lock{
    "session_acquire_lock", "SELECT pg_try_advisory_lock('node'::regclass::oid::integer, $1::bigint::integer)"};
const PostgresStatement sql_release_lock{
    "session_release_lock", "SELECT pg_advisory_unlock('node'::regclass::oid::integer, $1::bigint::integer)"};
// A commit that waits for a synchronous standby is left alone: terminated, it would become visible here, and be lost
// when the standby takes over.
const PostgresStatement sql_terminate_holder{
    "session_terminate_holder",
    "SELECT a.wait_event = 'SyncRep', CASE WHEN a.wait_event IS DISTINCT FROM 'SyncRep' THEN "
    "pg_terminate_backend(l.pid) "
    "END FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE l.locktype = 'advisory' AND l.granted "
    "AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND l.classid = 'node'::regclass::oid AND l.objid = $1::bigint::oid AND l.pid <> pg_backend_pid()"};
const PostgresStatement sql_is_standby{"session_is_standby", "SELECT pg_is_in_recovery()::integer::bigint"};
const PostgresStatement sql_row_types{
    "session_row_types",
    "SELECT 'flow_row'::regtype::oid::bigint, 'event_group_row'::regtype::oid::bigint, "
    "'earlier_event'::regtype::oid::bigint, 'earlier_event[]'::regtype::oid::bigint"};
const PostgresStatement sql_read_node{"session_read_node",
                                      "SELECT url, lease_until, database_now() FROM node WHERE name = $1"};
const PostgresStatement sql_register_node{
    "session_register_node",
    "UPDATE node SET url = $2, epoch = epoch + 1, lease_until = database_now() + $3::bigint, "
    "groups_after = coalesce(groups_after, last_sequence) WHERE name = $1 "
    "RETURNING epoch, last_sequence, lease_until"};

// Batches find everything by key, so their plans must not depend on statistics. The time limits make the server release
// the locks of a node that is frozen within a transaction, or whose machine is lost.
ServerSettings writer_settings(Duration lease) {
  const auto idle = std::max(idle_min, std::chrono::ceil<std::chrono::milliseconds>(lease));
  return {{"idle_in_transaction_session_timeout", std::to_string(idle.count())},
          {"lock_timeout", "2500"},
          {"statement_timeout", "3000"},
          {"jit", "off"},
          {"plan_cache_mode", "force_generic_plan"},
          {"enable_seqscan", "off"},
          {"enable_hashjoin", "off"},
          {"enable_mergejoin", "off"},
          {"enable_bitmapscan", "off"},
          {"enable_material", "off"},
          {"client_connection_check_interval", "1000"},
          {"tcp_keepalives_idle", "5"},
          {"tcp_keepalives_interval", "2"},
          {"tcp_keepalives_count", "3"},
          {"tcp_user_timeout", "5000"}};
}

}  // namespace

NodeSession::NodeSession(const PostgresAddress& address, NodeName node, Duration lease)
    : node_(std::move(node)), connection_(address, {{session_prefix + node_, writer_settings(lease)}, call_timeout}) {
  connection_.on_open([this](PostgresConnection&) {
    forget();
    refuse_standby();
    read_row_types();
    has_node_lock_ = false;
    if (number_ != 0) acquire_node_lock();  // a process that holds it instead has a later epoch
  });
}

// Behind a pooler a session may lead to a standby whatever target_session_attrs says.
void NodeSession::refuse_standby() {
  PostgresRows row = connection_.run(sql_is_standby);
  if (row.next() && row.integer() != 0)
    throw sql::DatabaseFailure{error_of(state_read_only, connection_.address().text(), "in recovery"),
                               std::string(state_read_only), true};
}

void NodeSession::read_row_types() {
  PostgresRows row = connection_.run(sql_row_types);
  row.next();
  row_types_.flow = static_cast<std::uint32_t>(row.integer());
  row_types_.event_group = static_cast<std::uint32_t>(row.integer());
  row_types_.earlier_event = static_cast<std::uint32_t>(row.integer());
  row_types_.earlier_events = static_cast<std::uint32_t>(row.integer());
}

bool NodeSession::acquire_node_lock() {
  PostgresRows row = connection_.run(sql_acquire_lock, Parameters().add(number_));
  has_node_lock_ = row.next() && row.integer() != 0;
  return has_node_lock_;
}

void NodeSession::hold_node_lock() {
  if (connection_.is_open() && !has_node_lock_ && number_ != 0) acquire_node_lock();
}

bool NodeSession::terminate_lock_holder() {
  PostgresRows row = connection_.run(sql_terminate_holder, Parameters().add(number_));
  while (row.next())
    if (row.integer() != 0) return false;
  return true;
}

void NodeSession::release_node_lock() {
  connection_.run(sql_release_lock, Parameters().add(number_));
  number_ = 0;
  has_node_lock_ = false;
}

Result<NodeRegistration> NodeSession::register_node(const std::string& url, Duration lease) {
  number_ = names_.number_of_node(node_);
  Timestamp known_lease;
  const auto deadline = std::chrono::steady_clock::now() + wait_max;
  for (int tries = 1; !acquire_node_lock(); ++tries) {
    PostgresRows holder = connection_.run(sql_read_node, Parameters().add(std::string_view(node_)));
    holder.next();
    const std::string other(holder.text());
    const Timestamp lease_until = holder.time(), now = holder.time();
    const bool is_late = std::chrono::steady_clock::now() >= deadline;
    if (lease_until <= now) {
      // The holder is frozen; the new epoch fences it.
      if (tries >= tries_min && !terminate_lock_holder())
        return Error{
            ErrorCode::unavailable,
            fmt::format("the last commit of node {} waits for a synchronous standby: bring one of the server's "
                        "synchronous_standby_names back, or change that setting; the node then continues",
                        node_)};
    } else if ((tries > 1 && lease_until != known_lease) || is_late) {
      return Error{ErrorCode::conflict,
                   fmt::format("the node id {} is in use: a node that serves {} is live and renews its lease; stop "
                               "it, or start this one with another --node-id (NODE_ID)",
                               node_, other)};
    } else if (tries == tries_min) {
      log_warn("another process holds this node's id; waiting for its lease to expire",
               {{"node", node_}, {"url", other}, {"left", format_duration(lease_until - now)}});
    }
    known_lease = lease_until;
    std::this_thread::sleep_for(retry_interval);
  }
  connection_.run(sql_fold_counters);
  PostgresRows registered = connection_.run(
      sql_register_node, Parameters().add(std::string_view(node_)).add(std::string_view(url)).add(lease.count()));
  if (!registered.next()) sql::fail_as_bug("the row of a node that registers has been deleted");
  const std::int64_t epoch = registered.integer(), last_sequence = registered.integer();
  time_.observe(registered.time() - lease);
  return NodeRegistration{{node_, epoch}, last_sequence};
}

}  // namespace sagactl::postgres
