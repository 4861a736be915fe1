// What the API reads. Every call sees one consistent state that contains all that was committed before it.
// Calls may block on disk, and may be made from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/participants/flow.hpp"
#include "server/participants/user.hpp"

namespace sagactl {

enum class SortBy : std::uint8_t {
  created,  // the order of the flows' ids (UUIDv7)
  updated,  // of the saga, in a list of sagas; else as `created`
};

struct Page {
  std::int64_t offset = 0;
  std::int64_t limit = 10;
  // When set, `offset` is ignored: only what is older than (comes after, newest first) this flow. Not together with
  // another sort order than the default.
  std::optional<OrderId> after = {};
  SortBy sort_by = SortBy::created;
  bool oldest_first = false;
};

struct OrderFilter {
  std::optional<UserId> user = {};
  std::optional<OrderStatus> status = {};
  std::vector<std::string> types = {};        // of their sagas; empty: any
  std::optional<std::string> customer = {};
};

// Where a saga stands: its status and, if one is named, the step that is under way.
struct SagaStage {
  SagaStatus status = SagaStatus::started;
  std::optional<std::size_t> step = {};
};

// From the first to the last, both included.
struct IdRange {
  OrderId first, last;
};

struct SagaFilter {
  std::optional<UserId> user = {};  // whose order it is
  std::optional<std::string> type = {};
  std::vector<SagaStatus> statuses = {};  // empty: any
  std::vector<SagaStage> stages = {};     // any of these; empty: any
  std::optional<NodeName> node = {};      // the owner
  std::string error_contains = {};        // empty: any
  std::optional<int> retries_over = {};   // tries of its current step, more than
  std::optional<Timestamp> created_before = {};
  std::optional<Timestamp> updated_before = {};
  std::optional<IdRange> ids = {};  // such as all that begin alike
};

struct FlowPage {
  std::vector<Flow>
      flows;  // newest first; without barriers. In a list of sagas the order may be missing, as below
  std::int64_t total = 0;  // that match, on all pages
};

struct EventFilter {
  std::optional<EventType> type = {};
  std::optional<UserId> user = {};  // whose order it is
  std::optional<OrderId> order = {};
  std::optional<Timestamp> since = {};
  bool requested_by_user = false;  // only those that a person asked for, see requested_by()
  std::int64_t limit = 50;
};

struct Counts {
  std::map<std::pair<std::string, SagaStatus>, std::int64_t> sagas;  // by type and status
  std::map<OrderStatus, std::int64_t> orders;
  std::map<EventType, std::int64_t> events;
  std::int64_t unpublished_events = 0;
};

struct NodeInfo {
  NodeName name;
  std::string url;
  std::int64_t epoch = 0;
  Timestamp lease_until;
  bool live = false;  // its lease has not run out
  std::int64_t last_sequence = 0;
  std::int64_t published = 0;
  std::string fingerprint = {};  // of its secrets, as Store::set_fingerprint was told; empty: unknown
};

// To a database server.
struct DatabaseConnections {
  std::size_t in_use = 0;  // by a call, now
  std::size_t open = 0;
  std::size_t max = 0;
};

// What a list answers that looked at too much, by its time: `unavailable`, with the member code "LIST_TOO_LONG".
Error list_too_long();

class Queries {
 public:
  virtual ~Queries() = default;

  // A flow with parts missing (a saga without an order) has an order with a nil user and version 0.
  virtual Result<std::optional<Flow>> flow(OrderId id) = 0;
  // By order or saga id, or else the latest with that correlation id, or else the latest of the W3C trace with that id
  // (32 hexadecimal digits), or else the latest order with that idempotency key.
  virtual Result<std::optional<Flow>> find_flow(const std::string& text) = 0;
  virtual Result<std::vector<Event>> flow_events(OrderId id) = 0;  // in the order in which they happened

  // Lists. One that looks at too much is ended after a few seconds, with list_too_long().
  virtual Result<FlowPage> orders(const OrderFilter& filter, const Page& page) = 0;
  virtual Result<FlowPage> sagas(const SagaFilter& filter, const Page& page) = 0;
  virtual Result<std::vector<Event>> events(const EventFilter& filter) = 0;  // newest first
  virtual Result<Counts> counts() = 0;

  virtual Result<std::optional<Stock>> stock(const StockKey& key) = 0;
  // By id, at most `limit`, those after the id `after`.
  virtual Result<std::vector<Stock>> stocks(StockKind kind, const std::string& after, std::size_t limit) = 0;

  virtual Result<std::optional<User>> user(UserId id) = 0;
  virtual Result<std::optional<User>> user_by_email(const std::string& email) = 0;
  // By e-mail address, at most `limit`, those after the address `after`.
  virtual Result<std::vector<User>> users(const std::string& after, std::size_t limit) = 0;
  virtual Result<std::vector<User>> rights_changed_since(Timestamp time) = 0;  // in no order

  virtual Result<std::vector<NodeInfo>> nodes() = 0;
  virtual Result<Timestamp> database_time() = 0;  // also: is it there?
  virtual std::string database_name() const = 0;
  // None: the database is no server.
  virtual std::optional<DatabaseConnections> connections() { return std::nullopt; }
};

}  // namespace sagactl
