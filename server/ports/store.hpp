// Where state is durable. A node writes through `transact` alone: one atomic, durable batch at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/result.hpp"
#include "server/participants/flow.hpp"
#include "server/participants/user.hpp"

namespace sagactl {

// Who writes: a node in one of its lives.
struct Writer {
  NodeName node;
  std::int64_t epoch = 0;
};

// A node's place in the cluster, given to it at start.
struct NodeRegistration {
  Writer writer;
  std::int64_t last_sequence = 0;  // of the events that earlier lives of this node have written
};

// The answer to a POST with an `Idempotency-Key` header, kept for at least a day.
struct ReplayKey {
  UserId user;
  std::string key;
  friend bool operator==(const ReplayKey&, const ReplayKey&) = default;
};
struct Replay {
  ReplayKey key;
  std::string request_digest;  // of method, path and body: another request under the same key is refused
  int status = 0;
  std::string body;
  Timestamp created_at;
};

// Which order has an idempotency key, or had it last.
struct Claim {
  KeyDigest key{};
  OrderId order;
  bool live = true;
};

struct Loaded;

// What a batch touches.
struct BatchKeys {
  std::vector<OrderId> flows = {};
  std::vector<KeyDigest> claims = {};
  std::vector<StockKey> stocks = {};
  std::vector<UserId> users = {};
  std::vector<std::string> emails = {};
  std::vector<ReplayKey> replays = {};
  std::vector<OrderId> last_events = {};  // of which flows the newest event is wanted; in `more` alone
  // What else is needed, now that all these are loaded: adds claims, stocks and newest events to `more`. Null: nothing.
  std::function<void(const Loaded& found, BatchKeys& more)> further = {};
};

// Where the newest event of a flow stands.
struct LastEvent {
  OrderId flow;
  NodeName node;
  std::int64_t sequence = 0;
};

// What was there. Everything is found by key; what is missing is absent.
struct Loaded {
  std::vector<Flow> flows;  // one per key of `BatchKeys::flows` that exists, in no order
  std::vector<Claim> claims;
  std::vector<Stock> stocks;
  std::vector<StockKey> absent_stocks;  // that were asked for and are not there
  std::vector<User> users;  // by id or by email, each once
  std::vector<Replay> replays;
  std::vector<LastEvent> last_events;  // of flows that have events
};

// What `keys` need further, now that they are loaded: what is asked for already is not among it.
BatchKeys dependent_keys(const BatchKeys& keys, const Loaded& found);

// What is to be written. Pointers are to the caller's objects, which outlive the call of `transact`. What an order, a
// saga or a payment was made with never changes: ids, user, items, amounts, address, key, token, type, correlation,
// trace parent, creation, the node and the customer of an order.
struct Changes {
  Timestamp latest = {};  // the greatest time that was used; later batches are told later ones
  std::vector<const Order*> new_orders, orders;
  std::vector<const Saga*> new_sagas, sagas;
  std::vector<const Payment*> new_payments, payments;
  std::vector<std::pair<OrderId, const Barrier*>> barriers;  // new ones: a barrier never changes
  // All of the order's reservations, instead of those that are stored. The flow is stored, or among the new ones.
  struct Reservations {
    OrderId order;
    const std::vector<Reservation>* all = nullptr;
    std::optional<Timestamp> due;  // next_check_at() of the flow
  };
  std::vector<Reservations> reservations;
  std::vector<const Claim*> claims;                          // insert or replace
  std::vector<const Stock*> stocks;                          // insert or replace
  std::vector<const Event*> events;                          // in the order of their sequence
  std::vector<const User*> users;                            // insert or replace by id; email is unique
  std::vector<const Replay*> replays;
  std::vector<OrderId> taken_over;  // stored flows of which another node had written the newest event until now
};

enum class Commit {
  committed,
  fenced,  // the writer's lease has passed to another life or node: nothing was written, and it must stop
};

// How far a node's events have been published.
struct Backlog {
  NodeName node;
  std::int64_t published = 0;  // the last published sequence
  std::int64_t last = 0;       // the last that was written; not for set_published
};

// Whose sagas may be adopted.
enum class Owners {
  replaced,  // lives of nodes that a later life has followed, that were fenced, or that resigned: they write no more
  dead,      // these, and nodes whose lease has run out
};

class Store {
 public:
  virtual ~Store() = default;

  // Begins a new life of the node `name`: a higher epoch, and a lease until now + `lease` on the database's
  // clock. Any earlier life of that node is fenced from here on. `conflict`: another process serves under that name
  // and renews its lease; it is not disturbed. To know, this may wait for as long as that lease.
  virtual Result<NodeRegistration> register_node(const NodeName& name, const std::string& url,
                                             Duration lease) = 0;

  // Notes by what others can tell whether a node that has registered shares their secrets; empty: nothing.
  virtual Result<void> set_fingerprint(const NodeName& name [[maybe_unused]],
                                       const std::string& fingerprint [[maybe_unused]]) {
    return {};
  }

  // Prolongs the lease, also one that has run out but which nobody has taken over. False: fenced.
  virtual Result<bool> renew(const Writer& writer, Duration lease) = 0;

  // Ends the lease at once, so that others adopt this node's sagas without waiting. The writer is fenced by
  // it.
  virtual Result<void> resign(const Writer& writer) = 0;

  // One transaction: checks the writer's epoch, loads what `keys` name into `loaded` (whole, locked against
  // other writers; flows first, then stocks, each in the order of their keys), calls `decide` with the database's
  // time, writes the changes it returns, commits, and
  // returns when that is on disk. When another node was faster with something that was not there to be locked (a
  // claim, an email), all of it is undone and begun again, a few times at most: `loaded` is filled anew and `decide`
  // is called again, and only what it returned last counts. `decide` gets a time that is greater than that of every earlier commit of
  // this store's users of the same database clock.
  // Times in events must not be before that, and sequences go on from `last_sequence` by ones.
  // Errors: `unavailable`: nothing was written, `decide` may or may not have been called. `unknown_outcome`:
  // it may have been written; ask `has_event`. `bug`: the changes contradict what is stored (a new order
  // whose id is there already, a changed one that is not, an email that another user has); nothing was
  // written. Other threads may call at the same time; calls take turns.
  virtual Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                                  const std::function<Changes(Timestamp now)>& decide) = 0;

  // Commands that come sooner than this after a commit began wait for more, where a commit costs much by itself.
  virtual Duration batch_window() const { return Duration{0}; }

  // Whether that event is durable: resolves a commit in doubt.
  virtual Result<bool> has_event(const NodeName& node, std::int64_t sequence) = 0;

  // Makes the writer the owner of at most `limit` sagas that are not terminal and whose owner is none of the live
  // (node, epoch), oldest first, and returns them. The nodes that they are taken from are fenced: their epochs
  // are raised, so that one that was only paused finds out at its next write.
  // `conflict`: the writer itself is fenced. `retry`: the sagas of `Owners::dead` are wanted and the writer's own lease
  // has run out as well, so that leases say nothing now; nothing was adopted.
  virtual Result<std::vector<OrderId>> adopt(const Writer& writer, Owners owners, std::size_t limit) = 0;

  // At most `limit` flows that are due (`Changes::Reservations::due`) by the database's clock, the longest due first.
  // Whoever finds them first sees to them.
  virtual Result<std::vector<OrderId>> due_flows(std::size_t limit) = 0;

  // The publication checkpoints that this writer answers for: its own, and those of nodes that are not live
  // and have events to publish.
  virtual Result<std::vector<Backlog>> backlogs(const Writer& writer) = 0;
  // At most `limit` events of `node` after `sequence`, in order, each with the trace parent and the type of its flow's saga, and
  // with the event of another node that it follows.
  virtual Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence,
                                                  std::size_t limit) = 0;
  // Through which sequence that node's events are published by its checkpoint; 0 when there is no such node.
  virtual Result<std::int64_t> published_through(const NodeName& node) = 0;
  // Moves checkpoints forward (never back). `conflict`: the writer is fenced.
  virtual Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) = 0;

  // Forgets replays that are older than `age` by the database's clock, at most `limit`. Returns how many.
  virtual Result<std::size_t> forget_replays(Duration age, std::size_t limit) = 0;
};

}  // namespace sagactl
