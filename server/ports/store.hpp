// Durable state. A node writes only through `transact`: one atomic, durable batch at a time.
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
#include "server/participants/calls/call_record.hpp"
#include "server/participants/flow.hpp"
#include "server/participants/user.hpp"

namespace sagactl {

// A node in one of its epochs.
struct Writer {
  NodeName node;
  std::int64_t epoch = 0;
};

// The result of registering a node.
struct NodeRegistration {
  Writer writer;
  std::int64_t last_sequence = 0;  // of the events that this node has written in earlier epochs
};

// The stored answer to a POST with an `Idempotency-Key` header, kept for at least a day.
struct ReplayKey {
  UserId user;
  std::string key;
  friend bool operator==(const ReplayKey&, const ReplayKey&) = default;
};
struct Replay {
  ReplayKey key;
  std::string request_digest;  // of method, path and body: a different request under the same key is refused
  int status = 0;
  std::string body;
  Timestamp created_at;
};

// The order that holds an idempotency key, or was the last to hold it. Of a user's saga (digest_of_saga_key()) it is
// live for as long as the saga is stored.
struct Claim {
  KeyDigest key{};
  OrderId order;
  bool live = true;
};

struct Loaded;

// The keys of the rows that a batch loads.
struct BatchKeys {
  std::vector<OrderId> flows = {};
  std::vector<KeyDigest> claims = {};
  std::vector<StockKey> stocks = {};
  std::vector<UserId> users = {};
  std::vector<std::string> emails = {};
  std::vector<ReplayKey> replays = {};
  std::vector<OrderId> last_events = {};  // the flows whose newest event is loaded; only in `more`
  // Called once the rows above are loaded: adds to `more` the claims, stocks and newest events that depend on them.
  // Null: none do.
  std::function<void(const Loaded& found, BatchKeys& more)> add_dependent = {};
};

// The newest event of a flow.
struct LastEvent {
  OrderId flow;
  NodeName node;
  std::int64_t sequence = 0;
};

// The rows that were found. BatchKeys without a row are left out.
struct Loaded {
  std::vector<Flow> flows;  // one per key of `BatchKeys::flows` that exists, in no order
  std::vector<Claim> claims;
  std::vector<Stock> stocks;
  std::vector<StockKey> absent_stocks;  // keys of stocks that do not exist
  std::vector<User> users;              // by id or by email, each once
  std::vector<Replay> replays;
  std::vector<LastEvent> last_events;  // of flows that have events
};

// The keys that `keys.add_dependent` adds for the rows that were found, without those that are in `keys` already.
BatchKeys dependent_keys(const BatchKeys& keys, const Loaded& found);

// The rows to write. Pointers are to the caller's objects, which outlive the call of `transact`. The attributes with
// which an order, a saga or a payment is created never change: ids, user, items, amounts, address, key, token, type,
// correlation, trace parent, creation time, an order's node and customer, and a saga's definition, input and key. The
// definition of a user's saga is published, or inline; that of an LRA is inline, and grows.
struct Changes {
  Timestamp latest = {};  // the greatest time that the batch used; later batches get later times
  std::vector<const Order*> new_orders, orders;
  std::vector<const Saga*> new_sagas, sagas;
  std::vector<const Payment*> new_payments, payments;
  std::vector<std::pair<OrderId, const Barrier*>> barriers;  // new ones: a barrier never changes
  // Replaces all reservations of the order. The flow is stored, or among the new ones.
  struct Reservations {
    OrderId order;
    const std::vector<Reservation>* all = nullptr;
    std::optional<Timestamp> next_check_at;  // of the flow, see next_check_at(). Stored as `expires_at`
  };
  std::vector<Reservations> reservations;
  std::vector<const Claim*> claims;  // insert or replace
  std::vector<const Stock*> stocks;  // insert or replace
  std::vector<const Event*> events;  // in the order of their sequence
  std::vector<const User*> users;    // insert or replace by id; email is unique
  std::vector<const Replay*> replays;
  std::vector<std::pair<OrderId, const CallRecord*>> calls;  // new ones: a record never changes
  std::vector<OrderId> taken_over;  // stored flows whose newest event was written by another node before this batch
};

struct PublishedDefinition {
  int version = 1;
  bool is_new = false;
};

// Whether a text can be published under that name: the errors of Store::publish.
Result<void> check_publishable(const std::string& name, const std::string& text);

enum class Commit {
  committed,
  fenced,  // the writer's epoch is over: nothing was written, and the writer must register again or stop
};

// How far a node's events have been published.
struct Backlog {
  NodeName node;
  std::int64_t published = 0;  // the last published sequence
  std::int64_t last = 0;       // the last that was written; not for set_published
};

// Whose sagas are adopted.
enum class Owners {
  replaced,  // epochs that were followed by a later epoch of the node, fenced or resigned: they write no more
  dead,      // these, and nodes whose lease has expired
};

// What nodes that are not live have left to others, and when the next one may do so.
struct LeftBehind {
  bool sagas = false;       // adopt() would find some
  bool events = false;      // backlogs() would find some of other nodes
  std::size_t others = 0;   // nodes with a lease, without the writer
  Duration next_expiry{0};  // until the first of their leases runs out, unless it is renewed; 0: there is none
};

class Store {
 public:
  virtual ~Store() = default;

  // Starts a new epoch of the node `name`, with a lease until now + `lease` on the database's clock. Earlier epochs of
  // the node are fenced from then on. `conflict`: another process serves under that name and renews its lease; it is
  // not disturbed. To find out, this may block for the duration of that lease.
  virtual Result<NodeRegistration> register_node(const NodeName& name, const std::string& url, Duration lease) = 0;

  // Stores the fingerprint of a registered node's secrets, by which others can tell whether they share them; empty:
  // none.
  virtual Result<void> set_fingerprint(const NodeName& name [[maybe_unused]],
                                       const std::string& fingerprint [[maybe_unused]]) {
    return {};
  }

  // Renews the lease, also an expired one if no node has fenced the writer. False: fenced.
  virtual Result<bool> renew(const Writer& writer, Duration lease) = 0;

  // Ends the lease immediately, so that others adopt this node's sagas without waiting. Fences the writer.
  virtual Result<void> resign(const Writer& writer) = 0;

  // One transaction: checks the writer's epoch, loads the rows of `keys` into `loaded` (complete, and locked against
  // other writers; flows first, then stocks, each in the order of their keys), calls `decide` with the database's time,
  // writes the changes that it returns, commits, and returns once the commit is durable. When another node was faster
  // to insert a row that did not exist and so could not be locked (a claim, an email), the transaction is rolled back
  // and repeated, a few times at most: `loaded` is filled again, `decide` is called again, and only its last result
  // counts.
  //
  // The time that `decide` gets is greater than that of every earlier commit on the same database clock. Times in
  // events must not be before it, but for the importing node's (server/ports/importing_node.hpp), and sequences
  // continue from `last_sequence` without a gap.
  //
  // Errors: `unavailable`: nothing was written; `decide` may or may not have been called. `unknown_outcome`: the
  // changes may have been written; ask `has_event`. `bug`: the changes contradict the stored rows (a new order whose id
  // exists, a changed one that does not, an email of another user); nothing was written. Other threads may call at the
  // same time; the calls are serialized.
  virtual Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                                  const std::function<Changes(Timestamp now)>& decide) = 0;

  // How long after a commit started the next one is delayed to collect more commands. Not zero where each commit is
  // expensive (group commit).
  virtual Duration batch_window() const { return Duration{0}; }

  // Whether that event is durable: resolves a commit with an unknown outcome.
  virtual Result<bool> has_event(const NodeName& node, std::int64_t sequence) = 0;

  // Makes the writer the owner of at most `limit` sagas that are not terminal and whose owner is not a live (node,
  // epoch), oldest first, and returns them. Their previous owners are fenced: their epochs are raised, so that a node
  // that was only paused finds out at its next write. `conflict`: the writer itself is fenced. `retry`, for
  // `Owners::dead`: the writer's own lease has expired as well, so an expired lease proves nothing now; nothing was
  // adopted.
  virtual Result<std::vector<OrderId>> adopt(const Writer& writer, Owners owners, std::size_t limit) = 0;

  // Whether there is anything to adopt, or to publish for others. Reads only and locks nothing: this is what a node
  // with nothing to do asks again and again. The errors are those of adopt().
  virtual Result<LeftBehind> left_behind(const Writer& writer, Owners owners) = 0;

  // At most `limit` flows that are due for a check (`Changes::Reservations::next_check_at`) by the database's clock,
  // the longest overdue first. Any node may check them, whoever owns the saga.
  virtual Result<std::vector<OrderId>> due_flows(std::size_t limit) = 0;

  // The publication checkpoints for which this writer is responsible: its own, and those of nodes that are not live and
  // have unpublished events.
  virtual Result<std::vector<Backlog>> backlogs(const Writer& writer) = 0;
  // At most `limit` events of `node` after `sequence`, in order, each with the trace parent and the type of its flow's
  // saga, and with the event of another node that it follows.
  virtual Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence, std::size_t limit) = 0;
  // The sequence up to which that node's events are published, by its checkpoint; 0 when there is no such node.
  virtual Result<std::int64_t> published_through(const NodeName& node) = 0;
  // Moves checkpoints forward (never back). `conflict`: the writer is fenced.
  virtual Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) = 0;

  // Publishes a definition under its name, for all nodes. Its canonical text is compared with that of the newest
  // version: the same is that version, another becomes the next one. A retired name is used again by publishing.
  // `invalid`: the text cannot be run, or has another name. `conflict`: the name is of a definition that is built in.
  virtual Result<PublishedDefinition> publish(const std::string& name, const std::string& text) = 0;
  // Forbids new sagas of that name. False: there is none.
  virtual Result<bool> retire(const std::string& name) = 0;

  // Deletes replays that are older than `age` by the database's clock, at most `limit`. Returns their number.
  virtual Result<std::size_t> forget_replays(Duration age, std::size_t limit) = 0;

  // Gives back memory that only makes later calls quicker: the node has had nothing to do for a while.
  virtual void release_memory() {}
};

}  // namespace sagactl
