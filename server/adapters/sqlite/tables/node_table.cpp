#include "server/adapters/sqlite/tables/node_table.hpp"

#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_registered_node =
    "SELECT no, epoch, lease_until, last_sequence FROM node WHERE name = ?";
constexpr std::string_view sql_register_node =
    "INSERT INTO node (name, url, epoch, lease_until) VALUES (?, ?, 1, ?) "
    "ON CONFLICT (name) DO UPDATE SET url = excluded.url, epoch = epoch + 1, lease_until = "
    "excluded.lease_until "
    "RETURNING no, epoch, lease_until, last_sequence";
constexpr std::string_view sql_set_lease = "UPDATE node SET lease_until = ? WHERE no = ?";
constexpr std::string_view sql_fence =
    "UPDATE node SET epoch = epoch + 1, lease_until = min(lease_until, ?) WHERE no = ? AND epoch = ?";
constexpr std::string_view sql_end_leases = "UPDATE node SET lease_until = ? WHERE lease_until > ?";
constexpr std::string_view sql_set_last_sequence = "UPDATE node SET last_sequence = ? WHERE no = ?";
constexpr std::string_view sql_published_through = "SELECT published FROM node WHERE name = ?";
constexpr std::string_view sql_set_published = "UPDATE node SET published = max(published, ?) WHERE name = ?";
constexpr std::string_view sql_backlogs =
    "SELECT name, published, last_sequence FROM node WHERE name = ? OR (lease_until <= ? AND published < "
    "last_sequence) "
    "ORDER BY name";
constexpr std::string_view sql_next_expiry =
    "SELECT count(*), min(lease_until) FROM node WHERE name <> ? AND lease_until > ?";
constexpr std::string_view sql_all_nodes =
    "SELECT name, url, epoch, lease_until, lease_until > ?, last_sequence, published, secrets FROM node WHERE epoch > "
    "0 "
    "ORDER BY name";
constexpr std::string_view sql_set_fingerprint = "UPDATE node SET secrets = ? WHERE name = ?";
constexpr std::string_view sql_unpublished = "SELECT sum(last_sequence - published) FROM node";
constexpr std::string_view sql_read_progress = "SELECT last_time, last_flow FROM progress";
constexpr std::string_view sql_write_progress = "UPDATE progress SET last_time = ?, last_flow = ?";

NodeRow read_row(SqliteStatement& row) {
  return {row.integer(), row.integer(), row.time(), row.integer()};
}

}  // namespace

NodeTable::NodeTable(SqliteConnection& connection)
    : connection_(connection),
      find_(connection, sql_registered_node),
      register_node_(connection, sql_register_node),
      set_lease_(connection, sql_set_lease),
      fence_(connection, sql_fence),
      set_last_sequence_(connection, sql_set_last_sequence),
      published_through_(connection, sql_published_through),
      set_published_(connection, sql_set_published),
      backlogs_(connection, sql_backlogs),
      next_expiry_(connection, sql_next_expiry),
      all_(connection, sql_all_nodes),
      unpublished_(connection, sql_unpublished),
      set_fingerprint_(connection, sql_set_fingerprint) {}

std::optional<NodeRow> NodeTable::find(const NodeName& name) {
  SqliteStatement& row = find_().bind(name);
  const StatementReset reset_at_end(row);
  if (!row.next()) return std::nullopt;
  return read_row(row);
}

NodeRow NodeTable::register_node(const NodeName& name, const std::string& url, Timestamp lease_until) {
  SqliteStatement& row = register_node_().bind(name).bind(url).bind(lease_until);
  const StatementReset reset_at_end(row);
  row.next();
  return read_row(row);
}

void NodeTable::set_lease(std::int64_t number, Timestamp until) {
  set_lease_().bind(until).bind(number).run();
}

void NodeTable::fence(std::int64_t number, std::int64_t epoch, Timestamp now) {
  fence_().bind(now).bind(number).bind(epoch).run();
}

void NodeTable::end_leases(Timestamp now) {
  SqliteStatement statement = connection_.prepare(sql_end_leases);
  statement.bind(now).bind(now).run();
}

void NodeTable::set_last_sequence(std::int64_t number, std::int64_t sequence) {
  set_last_sequence_().bind(sequence).bind(number).run();
}

std::int64_t NodeTable::published_through(const NodeName& name) {
  return first_number(published_through_().bind(name));
}

void NodeTable::set_published(const Backlog& backlog) {
  set_published_().bind(backlog.published).bind(backlog.node).run();
}

std::vector<Backlog> NodeTable::backlogs(const NodeName& own, Timestamp now) {
  SqliteStatement& row = backlogs_().bind(own).bind(now);
  const StatementReset reset_at_end(row);
  return sql::read_all(row, sql::read_backlog<SqliteStatement>);
}

NextExpiry NodeTable::next_expiry(const NodeName& without, Timestamp now) {
  SqliteStatement& row = next_expiry_().bind(without).bind(now);
  const StatementReset reset_at_end(row);
  row.next();
  return {row.integer(), row.time()};
}

std::vector<NodeInfo> NodeTable::all(Timestamp now) {
  SqliteStatement& row = all_().bind(now);
  const StatementReset reset_at_end(row);
  return sql::read_all(row, sql::read_node<SqliteStatement>);
}

void NodeTable::set_fingerprint(const NodeName& name, const std::string& fingerprint) {
  set_fingerprint_().bind_unless_empty(fingerprint).bind(name).run();
}

std::int64_t NodeTable::unpublished() {
  return first_number(unpublished_());
}

ProgressTable::ProgressTable(SqliteConnection& connection)
    : read_(connection, sql_read_progress), write_(connection, sql_write_progress) {}

StoredProgress ProgressTable::read() {
  SqliteStatement& row = read_();
  const StatementReset reset_at_end(row);
  if (!row.next()) return {};
  return {row.time(), row.integer()};
}

void ProgressTable::write(const StoredProgress& progress) {
  write_().bind(progress.last_time).bind(progress.last_flow).change_one("progress");
}

}  // namespace sagactl::sqlite
