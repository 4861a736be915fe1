#include "tests/contract/random_life.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/participants/order.hpp"
#include "server/ports/saga_keys.hpp"

namespace sagactl {
namespace {

std::string outcome(const Result<Commit>& commit) {
  if (!commit) return fmt::format("error {}", to_string(commit.error().code));
  return *commit == Commit::committed ? "committed" : "fenced";
}

template <class T>
std::string tell(const std::vector<T>& list) {
  std::string text;
  for (const T& each : list) text += "\n  " + describe(each);
  return text;
}

std::string tell(const Result<FlowPage>& page) {
  if (!page) return page.error().message;
  return fmt::format("{} in all{}", page->total, tell(page->flows));
}

std::string tell(const std::vector<NodeInfo>& nodes) {
  std::string text;
  for (const NodeInfo& node : nodes)
    text += fmt::format("\n  node {} {} epoch {} until {} {} sequence {} published {}", node.name, node.url, node.epoch,
                        node.lease_until.us, node.live, node.last_sequence, node.published);
  return text;
}

std::string tell(const Counts& counts) {
  std::string text = fmt::format("{} unpublished", counts.unpublished_events);
  for (const auto& [status, n] : counts.orders) text += fmt::format(", {} {}", n, to_string(status));
  for (const auto& [key, n] : counts.sagas) text += fmt::format(", {} {} {}", n, key.first, to_string(key.second));
  for (const auto& [type, n] : counts.events) text += fmt::format(", {} {}", n, to_string(type));
  return text;
}

// A flow of one of the systems, by its number.
Flow flow_of(int number, const Owner& owner, Timestamp now) {
  switch (number % 5) {
    case 1:
      return new_flow_of(checkout_saga, number, owner, now);
    case 2:
      return new_flow_of(checkout_choreography_saga, number, owner, now);
    case 3:
      return new_flow_of(item_purchase_saga, number, owner, now);
    default:
      return new_flow(number, owner, now);
  }
}

template <class Enum>
Enum some(Random& random) {
  return static_cast<Enum>(random.below(std::size(Spelling<Enum>::names)));
}

}  // namespace

WriterNode& RandomLife::some_node() {
  const NodeName name = fmt::format("node-{}", random_.below(3));
  std::unique_ptr<WriterNode>& node = nodes_[name];
  if (!node) node = std::make_unique<WriterNode>(subject_, name, 5s);
  return *node;
}

std::string RandomLife::step() {
  subject_.clock.advance(Duration{static_cast<std::int64_t>(random_.below(2'000'000))});
  switch (random_.below(18)) {
    case 0:
    case 1:
      return create();
    case 2:
    case 3:
    case 4:
      return change();
    case 5:
      return write_users_and_replays();
    case 6:
      return contradict();
    case 7:
      return lives_and_leases();
    case 8:
      return adopt();
    case 9:
      return publish();
    case 10:
      return ask_orders() + ask_sagas();
    case 11:
      return ask_stock();
    case 12:
    case 13:
      return create_own();
    case 14:
    case 15:
      return change_own();
    case 16:
      return ask_own();
    case 17:
      return publish_definition();
    default:
      return ask_events();
  }
}

std::string RandomLife::create() {
  WriterNode& node = some_node();
  const int count = 1 + static_cast<int>(random_.below(4));
  const Random before = random_;
  const auto commit = node.try_write([&](ChangeList& list, Timestamp now) {
    random_ = before;  // each try decides the same
    for (int i = 1; i <= count; ++i) {
      const Flow flow = flow_of(flows_ + i, node.owner(), now);
      list.create(flow).add(Claim{digest_of_key(flow.order.idempotency_key), flow.order.id, true});
      list.add(node.event(flow, EventType::order_created, now + i * 1us));
    }
  });
  if (commit && *commit == Commit::committed) flows_ += count;
  return fmt::format("create {} by {}: {}", count, node.writer().node, outcome(commit));
}

// A user's saga: of the newest published definition, or one of DTM's clients.
std::string RandomLife::create_own() {
  WriterNode& node = some_node();
  const auto stored = subject_.queries().definition(trip, {}).value();
  const DefinitionPointer definition =
      stored && random_.chance(0.6)
          ? stored->definition
          : dtm_definition(random_.chance(0.5) ? "saga" : "msg", 1 + random_.below(3), false, Duration{0});
  const auto commit = node.try_write([&](ChangeList& list, Timestamp now) {
    const Flow flow = new_own_flow(definition, flows_ + 1, node.owner(), now);
    list.create(flow).add(node.event(flow, EventType::saga_step_completed, now));
    const Saga& saga = *flow.saga;
    if (!saga.key.empty())
      list.add(Claim{digest_of_saga_key(saga.own_definition->key_space(), saga.key), flow.order.id, true});
  });
  if (commit && *commit == Commit::committed) own_.push_back(++flows_);
  return fmt::format("create {} by {}: {}", definition->name, node.writer().node, outcome(commit));
}

std::string RandomLife::change_own() {
  if (own_.empty()) return "nothing to change";
  WriterNode& node = some_node();
  const OrderId id = order_id(own_[random_.below(own_.size())]);
  const Random before = random_;
  Loaded loaded;
  const auto commit = node.try_write({.flows = {id}}, loaded, [&](ChangeList& list, Timestamp now) {
    random_ = before;  // each try decides the same
    for (Flow flow : loaded.flows) {
      Saga& saga = *flow.saga;
      saga.status = some<SagaStatus>(random_);
      saga.updated_at = now;
      saga.wake_at.reset();
      for (StepState& step : saga.steps) {
        step = {some<StepStatus>(random_), 1, static_cast<int>(random_.below(4)), random_.chance(0.5), now, {}, "", ""};
        if (random_.chance(0.3)) step.kept = R"({"id":7})";
        if (random_.chance(0.2)) step.location = "/later";
        if (random_.chance(0.2)) step.undo_round = 2;
        step.calling = random_.chance(0.3);
        if (is_in_progress(step) && random_.chance(0.7))
          step.wake_at = now + Duration{static_cast<std::int64_t>(1 + random_.below(2))} * 1'000'000;
        if (step.wake_at && random_.chance(0.7)) saga.wake_at = step.wake_at;
      }
      list.update(flow).add(id, call_record(flow, 1 + static_cast<int>(random_.below(9)), now));
      list.add(node.event(flow, EventType::saga_step_completed, now));
      if (flow.writer != node.writer().node) list.changes.taken_over.push_back(id);
    }
  });
  std::string text = "change a user's saga by " + node.writer().node + ": " + outcome(commit);
  for (const Flow& flow : loaded.flows) text += "\n" + describe(flow);
  return text + tell(subject_.queries().calls(saga_of(id)).value());
}

std::string RandomLife::publish_definition() {
  if (random_.chance(0.2)) return fmt::format("retire: {}", subject_.store().retire(trip).value());
  const auto published = subject_.store().publish(trip, trip_text(1 + static_cast<int>(random_.below(3)))).value();
  return fmt::format("publish: {} {}", published.version, published.is_new) +
         tell(subject_.queries().definitions().value());
}

std::string RandomLife::ask_own() {
  SagaFilter filter;
  const auto number = static_cast<int>(random_.below(flows_ + 1));
  if (random_.chance(0.4)) filter.type = std::vector<std::string>{trip, "dtm-saga", "dtm-msg"}[random_.below(3)];
  if (random_.chance(0.2)) filter.version = 1 + static_cast<int>(random_.below(3));
  if (random_.chance(0.3)) filter.key = fmt::format("trip-{}", number);
  if (random_.chance(0.3))
    filter.step = std::vector<std::string>{"hotel", "approval", "01", "02", "payment_processing"}[random_.below(5)];
  if (random_.chance(0.2)) filter.input.emplace_back("nights", fmt::format("{}", number % 4));
  if (random_.chance(0.2)) filter.input.emplace_back("vip", "true");
  if (random_.chance(0.1)) filter.input.emplace_back("guest.name", fmt::format("Änne \"{}\"", number % 3));
  const auto found = subject_.queries().saga_by_key(trip, fmt::format("trip-{}", number)).value();
  return "users' sagas: " + tell(subject_.queries().sagas(filter, some_page())) +
         "\nby key: " + (found ? describe(*found) : "nothing");
}

Flow RandomLife::next_state(Flow flow, ChangeList& list, Timestamp now) {
  flow.order.updated_at = now;
  if (flow.saga) flow.saga->updated_at = now;
  const bool has_payment = !flow.payments.empty() && flow.saga;
  switch (random_.below(4)) {
    case 0:
      if (has_payment) flow = completed(std::move(flow), now);
      break;
    case 1:
      if (has_payment) flow = compensated(std::move(flow), fmt::format("why \"{}\"", random_.below(3)), now);
      list.add(Claim{digest_of_key(flow.order.idempotency_key), flow.order.id, false});
      break;
    case 2:
      flow.order.status = some<OrderStatus>(random_);
      if (flow.saga) flow.saga->status = some<SagaStatus>(random_);
      break;
    default:
      if (flow.saga) {
        flow.saga->steps[1].tries = static_cast<int>(random_.below(4));
        flow.saga->wake_at = now + 3s;
        if (is_in_progress(flow.saga->steps[1])) flow.saga->steps[1].wake_at = flow.saga->wake_at;
      }
  }
  const auto execution = static_cast<int>(flow.payments.size()) + 1;
  if (execution < 4 && random_.chance(0.3)) {
    Payment payment;
    payment.id = {make_uuid_v7(now, random_.next(), random_.next())};
    payment.order = flow.order.id;
    payment.execution = execution;
    payment.created_at = payment.updated_at = now;
    if (random_.chance(0.5)) {
      payment.charge_began_at = now + Duration{static_cast<std::int64_t>(random_.below(2))};
      payment.charge_pending = random_.chance(0.5);
    }
    if (random_.chance(0.3)) payment.check = PaymentCheck{now + 1min, static_cast<int>(random_.below(3))};
    list.add(payment);
  }
  if (random_.chance(0.4)) list.set(flow.order.id, next_reservations(flow.reservations, now));
  const Barrier barrier{static_cast<std::uint8_t>(random_.below(3)), some<Direction>(random_),
                        static_cast<int>(1 + random_.below(2)), random_.chance(0.2), random_.chance(0.2) ? "no" : ""};
  const bool is_new = std::none_of(flow.barriers.begin(), flow.barriers.end(), [&](const Barrier& each) {
    return each.step == barrier.step && each.direction == barrier.direction && each.execution == barrier.execution;
  });
  if (is_new) list.add(flow.order.id, barrier);
  return flow;
}

std::vector<Reservation> RandomLife::next_reservations(std::vector<Reservation> list, Timestamp now) {
  for (Reservation& each : list)
    if (random_.chance(0.5)) each.status = some<ReservationStatus>(random_);
  if (list.size() < 4 && random_.chance(0.3)) {
    Reservation fresh;
    fresh.id = {make_uuid_v7(now, random_.next(), random_.next())};
    fresh.kind = some<StockKind>(random_);
    fresh.lines = {{fmt::format("S{}", random_.below(4)), static_cast<std::int64_t>(random_.below(9))}};
    fresh.expires_at = now + Duration{static_cast<std::int64_t>(random_.below(20'000'000))};
    list.push_back(fresh);
  } else if (random_.chance(0.1)) {
    list.clear();
  }
  return list;
}

StockKey RandomLife::some_stock() {
  const auto kind = some<StockKind>(random_);
  return {kind, fmt::format("S{}", random_.below(4))};
}

// Draws from some of the stock that was loaded, and makes what was not there.
void RandomLife::draw(const Loaded& loaded, const std::set<StockKey>& keys, ChangeList& list, WriterNode& node,
                      Timestamp now) {
  for (const StockKey& key : keys) {
    if (random_.chance(0.4)) continue;
    const auto found =
        std::find_if(loaded.stocks.begin(), loaded.stocks.end(), [&](const Stock& stock) { return stock.key == key; });
    Stock stock = found == loaded.stocks.end() ? new_stock(key.kind, key.id, 50, node.writer().node, now) : *found;
    const auto moved = static_cast<std::int64_t>(random_.below(3));
    stock.available -= moved;
    stock.sold += moved;
    ++stock.version;
    stock.node = node.writer().node;
    stock.updated_at = now;
    list.add(stock);
    if (random_.chance(0.3)) list.add(node.event(stock, now));
  }
}

std::string RandomLife::change() {
  WriterNode& node = some_node();
  const std::set<StockKey> stocks = {some_stock(), some_stock()}, further = {some_stock(), some_stock()};
  BatchKeys keys{.flows = {order_id(some_number()), order_id(some_number()), order_id(some_number())},
                 .claims = {digest_of_key(fmt::format("key-{}", some_number()))},
                 .stocks = {stocks.begin(), stocks.end()},
                 .users = {user_id(static_cast<int>(random_.below(4)))},
                 .replays = {{user_id(1), "k1"}}};
  std::set<StockKey> all = stocks;
  keys.add_dependent = [&](const Loaded& found, BatchKeys& more) {
    if (found.flows.empty()) return;
    all.insert(further.begin(), further.end());
    more.stocks = {further.begin(), further.end()};
    more.claims = {digest_of_key(fmt::format("key-{}", flows_))};
  };
  Loaded loaded;
  std::string text;
  const Random before = random_;
  const auto commit = node.try_write(keys, loaded, [&](ChangeList& list, Timestamp now) {
    random_ = before;  // each try decides the same
    std::sort(loaded.flows.begin(), loaded.flows.end(),
              [](const Flow& a, const Flow& b) { return a.order.id < b.order.id; });
    text = tell(loaded.flows) + tell(loaded.users);
    std::map<StockKey, std::string> found;
    for (const Stock& stock : loaded.stocks) found[stock.key] = describe(stock);
    for (const auto& [key, stock] : found) text += "\n  " + stock;
    std::map<KeyDigest, Claim> claims;
    for (const Claim& claim : loaded.claims) claims[claim.key] = claim;
    for (const auto& [key, claim] : claims) text += fmt::format("\n  claim {} {}", claim.order.text(), claim.live);
    for (const Replay& replay : loaded.replays) text += "\n  replay " + replay.body;
    for (const Flow& flow : loaded.flows) {
      if (!has_order(flow)) continue;  // change_own() changes these
      list.update(next_state(flow, list, now));
      if (!flow.payments.empty()) list.add(node.event(flow, some<EventType>(random_), now));
    }
    draw(loaded, all, list, node, now);
  });
  return fmt::format("change by {}: {}{}", node.writer().node, outcome(commit), text);
}

std::string RandomLife::write_users_and_replays() {
  WriterNode& node = some_node();
  const Random before = random_;
  const auto commit = node.try_write([&](ChangeList& list, Timestamp now) {
    random_ = before;  // each try decides the same
    User user = new_user(static_cast<int>(random_.below(4)), now);
    if (random_.chance(0.3)) user.email = fmt::format("new{}@test.com", random_.below(2));
    if (random_.chance(0.5)) user.sessions.clear();
    if (random_.chance(0.3)) user.rights_changed_at = now;
    list.add(user);
    list.add(Replay{{user_id(static_cast<int>(random_.below(2))), fmt::format("k{}", random_.below(3))},
                    std::string(64, 'f'),
                    201,
                    fmt::format("body {}", random_.below(1000)),
                    now});
  });
  const auto forgotten = subject_.store().forget_replays(20s, 2);
  return fmt::format("users and replays: {}, {} forgotten", outcome(commit), forgotten.value());
}

std::string RandomLife::contradict() {
  WriterNode& node = some_node();
  const Random before = random_;
  const auto commit = node.try_write([&](ChangeList& list, Timestamp now) {
    random_ = before;  // each try decides the same
    const Flow fresh = new_flow(flows_ + 1, node.owner(), now);
    list.create(fresh);
    if (random_.chance(0.5))
      list.create(fresh);
    else
      list.add(fresh.order.id, Barrier{});
    list.add(node.event(fresh, EventType::order_created, now));
  });
  return fmt::format("contradict: {}", outcome(commit));
}

std::string RandomLife::lives_and_leases() {
  WriterNode& node = some_node();
  switch (random_.below(4)) {
    case 0: {
      const NodeName name = node.writer().node;
      nodes_[name] = std::make_unique<WriterNode>(subject_, name, 5s);
      return fmt::format("{} lives again: {} {}", name, nodes_[name]->writer().epoch, nodes_[name]->last_sequence());
    }
    case 1:
      return fmt::format("resign: {}", subject_.store().resign(node.writer()).ok());
    default:
      return fmt::format("renew: {}", subject_.store().renew(node.writer(), 5s).value());
  }
}

std::string RandomLife::adopt() {
  WriterNode& node = some_node();
  const auto adopted = subject_.store().adopt(node.writer(), Owners::dead, 1 + random_.below(4));
  if (!adopted) return fmt::format("adopt: error {}", to_string(adopted.error().code));
  std::string text = fmt::format("adopt by {}:", node.writer().node);
  for (const OrderId id : *adopted) text += " " + id.text();
  return text;
}

std::string RandomLife::publish() {
  WriterNode& node = some_node();
  std::string text = "backlogs:";
  std::vector<Backlog> backlogs = subject_.store().backlogs(node.writer()).value();
  std::sort(backlogs.begin(), backlogs.end(), [](const Backlog& a, const Backlog& b) { return a.node < b.node; });
  for (Backlog& backlog : backlogs) {
    text += fmt::format(" {} {}", backlog.node, backlog.published);
    const auto events = subject_.store().events_after(backlog.node, backlog.published, 1 + random_.below(6)).value();
    text += tell(events);
    if (!events.empty()) backlog.published = events.back().sequence - static_cast<std::int64_t>(random_.below(3));
    text += fmt::format(" {}", subject_.store().has_event(backlog.node, backlog.published + 3).value());
  }
  return text + fmt::format(" set: {}", subject_.store().set_published(node.writer(), backlogs).ok());
}

Page RandomLife::some_page() {
  Page page{.offset = static_cast<std::int64_t>(random_.below(5)),
            .limit = static_cast<std::int64_t>(random_.below(6))};
  if (flows_ > 0 && random_.chance(0.3)) {
    page.after = order_id(1 + static_cast<int>(random_.below(flows_)));
    return page;
  }
  if (random_.chance(0.3)) page.sort_by = SortBy::updated;
  page.oldest_first = random_.chance(0.3);
  return page;
}

std::string RandomLife::some_type() {
  const std::size_t which = random_.below(definitions().size() + 1);
  return which < definitions().size() ? std::string(definitions()[which].name) : "NoSaga";
}

std::string RandomLife::ask_stock() {
  const StockKey key = some_stock();
  const auto stock = subject_.queries().stock(key).value();
  std::string text = "stock: " + (stock ? describe(*stock) : "nothing");
  text += tell(subject_.queries().stocks(key.kind, random_.chance(0.5) ? "" : key.id, random_.below(4)).value());
  text += "\nexpired:";
  for (const OrderId id : subject_.store().due_flows(1 + random_.below(4)).value()) text += " " + id.text();
  return text;
}

std::string RandomLife::ask_orders() {
  OrderFilter filter;
  if (random_.chance(0.5)) filter.status = some<OrderStatus>(random_);
  if (random_.chance(0.3)) filter.user = user_id(static_cast<int>(random_.below(4)));
  if (random_.chance(0.3)) filter.customer = fmt::format("buyer-{}", random_.below(3));
  filter.orphaned = random_.chance(0.2);
  for (std::uint64_t i = random_.below(3); i > 0; --i) filter.types.push_back(some_type());
  return "orders: " + tell(subject_.queries().orders(filter, some_page()));
}

std::string RandomLife::ask_sagas() {
  SagaFilter filter;
  for (std::uint64_t i = random_.below(4); i > 0; --i) filter.statuses.push_back(some<SagaStatus>(random_));
  if (random_.chance(0.2)) filter.user = user_id(static_cast<int>(random_.below(4)));
  if (random_.chance(0.2)) filter.node = fmt::format("node-{}", random_.below(4));
  if (random_.chance(0.2)) filter.error_contains = fmt::format("\"{}\"", random_.below(3));
  if (random_.chance(0.2)) filter.retries_over = static_cast<int>(random_.below(3));
  if (random_.chance(0.2)) filter.late_since = subject_.clock.now() - 5s;
  if (random_.chance(0.2)) filter.type = some_type();
  if (random_.chance(0.1))
    filter.ids = IdRange{order_id(static_cast<int>(random_.below(20))), order_id(static_cast<int>(random_.below(40)))};
  for (std::uint64_t i = random_.below(3); i > 0; --i) {
    SagaStage& stage = filter.stages.emplace_back();
    stage.status = some<SagaStatus>(random_);
    if (random_.chance(0.5)) stage.step = random_.below(5);
  }
  return "\nsagas: " + tell(subject_.queries().sagas(filter, some_page()));
}

std::string RandomLife::ask_events() {
  EventFilter filter{.limit = static_cast<std::int64_t>(random_.below(8))};
  if (random_.chance(0.5)) filter.type = some<EventType>(random_);
  if (random_.chance(0.3)) filter.user = user_id(static_cast<int>(random_.below(4)));
  if (random_.chance(0.3)) filter.order = order_id(some_number());
  std::string text = "events:" + tell(subject_.queries().events(filter).value());
  const std::string key =
      random_.chance(0.5) ? fmt::format("key-{}", some_number()) : fmt::format("request-{}", some_number());
  const auto found = subject_.queries().find_flow(key).value();
  return text + "\nfound: " + (found ? describe(*found) : "nothing");
}

std::string RandomLife::tell_all() {
  const auto history = subject_.history().snapshot().value();
  std::string text = fmt::format("at {}", history->taken_at().us);
  if (!history->each_flow({}, [&](const FlowHistory& flow) {
        text += "\n" + describe(flow.flow) + tell(flow.events);
        return true;
      }))
    text += " failed";
  if (!history->each_event([&](const NodeName& node, std::int64_t sequence, Timestamp time) {
        text += fmt::format("\n{} {} {}", node, sequence, time.us);
        return true;
      }))
    text += " failed";
  for (const Claim& claim : claims_of(*history)) text += fmt::format("\nclaim {} {}", claim.order.text(), claim.live);
  text += tell(history->stocks().value()) + tell(history->stock_events().value());
  text += tell(history->nodes().value()) + "\n" + tell(subject_.queries().counts().value());
  for (int i = 0; i < 4; ++i)
    if (const auto user = subject_.queries().user(user_id(i)).value()) text += "\n" + describe(*user);
  return text;
}

}  // namespace sagactl
