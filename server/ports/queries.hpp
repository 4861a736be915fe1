// What the API reads. Every call sees one consistent state that includes everything committed before the call. Calls
// may block on disk, and may be made from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/participants/calls/call_record.hpp"
#include "server/participants/flow.hpp"
#include "server/participants/user.hpp"

namespace sagactl {

enum class SortBy : std::uint8_t {
  created,  // the order of the flows' ids (UUIDv7)
  updated,  // when the saga was updated, in a list of sagas; else as `created`
};

struct Page {
  std::int64_t offset = 0;
  std::int64_t limit = 10;
  // When set, `offset` is ignored: only flows older than this one (the next ones, newest first), and none when there is
  // no such flow. Only with the default sort order.
  std::optional<OrderId> after = {};
  SortBy sort_by = SortBy::created;
  bool oldest_first = false;
  bool count = true;  // false: the total is not wanted, which may cost more than the page
};

struct OrderFilter {
  std::optional<UserId> user = {};
  std::optional<OrderStatus> status = {};
  std::vector<std::string> types = {};  // of their sagas; empty: any
  std::optional<std::string> customer = {};
  bool orphaned = false;  // only those whose saga has ended or is missing
};

// A saga's status and, when set, its step in progress.
struct SagaStage {
  SagaStatus status = SagaStatus::started;
  std::optional<std::size_t> step = {};
};

// From the first to the last, inclusive.
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
  std::string error_like = {};            // the whole error, as fits_pattern() says; empty: any
  // A step that was refused; of a saga that has failed, also one that it stopped at.
  std::optional<std::string> failed_step = {};
  std::string text = {};                 // part of its error, or of a user's saga its key or input; empty: any
  std::optional<int> retries_over = {};  // more than this number of tries of its current step
  std::optional<Timestamp> created_since = {}, created_before = {};
  // Not updated since then. A user's saga neither waits without a timer, nor for one that was to fire later.
  std::optional<Timestamp> late_since = {};
  // Of users' sagas:
  std::optional<int> version = {};
  std::optional<std::string> key = {};          // under which it was started
  std::optional<std::string> step = {};         // in progress
  std::optional<std::string> participant = {};  // of its published definition
  // Members of the input that the definition names under `search`, and their values as texts.
  std::vector<std::pair<std::string, std::string>> input = {};
  std::optional<IdRange> ids = {};  // such as all ids with a common prefix
};

struct FlowPage {
  std::vector<Flow> flows;  // newest first; without barriers. In a list of sagas the order may be missing, as below
  std::int64_t total = 0;   // matches on all pages; -1: not counted
};

struct EventFilter {
  std::optional<EventType> type = {};
  std::optional<UserId> user = {};  // whose order it is
  std::optional<OrderId> order = {};
  std::optional<Timestamp> since = {};
  bool requested_by_user = false;  // only events that a user asked for, see requested_by()
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
  bool live = false;  // its lease has not expired
  std::int64_t last_sequence = 0;
  std::int64_t published = 0;
  std::string fingerprint = {};  // of its secrets, see Store::set_fingerprint; empty: unknown
};

// The connections to a database server.
struct DatabaseConnections {
  std::size_t in_use = 0;  // by calls in progress
  std::size_t open = 0;
  std::size_t max = 0;
};

// Whether the pattern, in which * stands for any text, is the whole text.
bool fits_pattern(std::string_view text, std::string_view pattern);

// The error of a list that took too long: `unavailable`, with the member code "LIST_TOO_LONG".
Error list_too_long();

// A version of a user's definition.
struct StoredDefinition {
  DefinitionPointer definition;
  Timestamp published_at;
  bool is_retired = false;
};

class Queries {
 public:
  virtual ~Queries() = default;

  // In an incomplete flow (a saga without an order) the order has a nil user and version 0.
  virtual Result<std::optional<Flow>> flow(OrderId id) = 0;
  // By order or saga id, or else the latest flow with that correlation id, or else the latest of the W3C trace with
  // that id (32 hexadecimal digits, or a UUID of the same bytes), or else the latest order with that idempotency key.
  virtual Result<std::optional<Flow>> find_flow(const std::string& text) = 0;
  virtual Result<std::vector<Event>> flow_events(OrderId id) = 0;  // oldest first

  // Lists. One that takes more than a few seconds is ended with list_too_long().
  virtual Result<FlowPage> orders(const OrderFilter& filter, const Page& page) = 0;
  virtual Result<FlowPage> sagas(const SagaFilter& filter, const Page& page) = 0;
  virtual Result<std::vector<Event>> events(const EventFilter& filter) = 0;  // newest first
  virtual Result<Counts> counts() = 0;

  // The calls to participants of a user's saga, oldest first.
  virtual Result<std::vector<CallRecord>> calls(SagaId id) = 0;
  // The saga that was started under that key, if any. `definition`: its SagaDefinition::key_space().
  virtual Result<std::optional<Flow>> saga_by_key(const std::string& definition, const std::string& key) = 0;
  // Users' published definitions. Without `version` the newest one. A version that only a newer build can run is left
  // out.
  virtual Result<std::optional<StoredDefinition>> definition(const std::string& name, std::optional<int> version) = 0;
  virtual Result<std::vector<StoredDefinition>> definitions() = 0;  // all versions, by name and version

  virtual Result<std::optional<Stock>> stock(const StockKey& key) = 0;
  // By id, at most `limit`, starting after the id `after`.
  virtual Result<std::vector<Stock>> stocks(StockKind kind, const std::string& after, std::size_t limit) = 0;

  virtual Result<std::optional<User>> user(UserId id) = 0;
  virtual Result<std::optional<User>> user_by_email(const std::string& email) = 0;
  // By e-mail address, at most `limit`, starting after the address `after`.
  virtual Result<std::vector<User>> users(const std::string& after, std::size_t limit) = 0;
  virtual Result<std::vector<User>> rights_changed_since(Timestamp time) = 0;  // in no particular order

  virtual Result<std::vector<NodeInfo>> nodes() = 0;
  virtual Result<Timestamp> database_time() = 0;  // also a check that the database answers
  virtual std::string database_name() const = 0;
  // None: the database is not a server.
  virtual std::optional<DatabaseConnections> connections() { return std::nullopt; }
};

}  // namespace sagactl
