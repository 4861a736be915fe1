#include "tests/simulation/simulated_cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/examine.hpp"
#include "analysis/verify.hpp"
#include "tests/engine/stock_violations.hpp"
#include "tests/simulation/violations.hpp"

namespace sagactl::simulation {
namespace {

constexpr Duration settle_limit = 30min;  // of simulated time, after the faults have ended
constexpr int steps_max = 5'000'000;
constexpr int product_count = 6, user_count = 5;

const Actor admin{UserId{}, Role::admin};

// The outcome that a client derives from the API's status.
RequestOutcome outcome_of(const Result<Receipt>& receipt) {
  if (receipt) return RequestOutcome::accepted;
  switch (receipt.error().code) {
    case ErrorCode::conflict:
      return RequestOutcome::duplicate;
    case ErrorCode::unknown_outcome:
    case ErrorCode::bug:
      return RequestOutcome::indeterminate;
    case ErrorCode::invalid:
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
    case ErrorCode::not_found:
    case ErrorCode::too_large:
    case ErrorCode::busy:
    case ErrorCode::retry:
    case ErrorCode::unavailable:
      return RequestOutcome::rejected;
  }
  return RequestOutcome::indeterminate;
}

}  // namespace

SimulationOptions swarm(std::uint64_t seed) {
  Random random(seed * 7919 + 13);
  const auto sometimes = [&](double share) { return random.chance(0.5) ? share * random.unit() : 0.0; };
  SimulationOptions options;
  options.seed = seed;
  options.nodes = 1 + static_cast<int>(random.below(4));
  options.orders = 100 + static_cast<int>(random.below(200));
  options.products = 1 + static_cast<int>(random.below(400));
  options.order_every = Duration{static_cast<std::int64_t>(random.below(20'000))};
  options.operator_share = sometimes(0.3);
  options.pause_share = sometimes(0.01);
  Faults& faults = options.faults;
  faults.crash = sometimes(0.02);
  faults.store_unavailable = sometimes(0.05);
  faults.commit_in_doubt = sometimes(0.05);
  faults.gateway_unavailable = sometimes(0.3);
  faults.gateway_silent = sometimes(0.3);
  faults.gateway_lost = sometimes(0.1);
  faults.gateway_declines = sometimes(0.6);
  faults.gateway_delays_charge = sometimes(0.2);
  faults.gateway_slow = sometimes(0.2);
  faults.gateway_answers_twice = sometimes(0.3);
  faults.gateway_forgets = sometimes(0.3);
  faults.gateway_refuses_refunds = sometimes(0.5);
  faults.bus_unavailable = sometimes(0.3);
  options.all_systems = random.chance(0.5);
  options.shop_confirms = random.chance(0.5);
  options.clock_jumps = sometimes(0.02);
  if (random.chance(0.3)) options.reservation_ttl = Duration{static_cast<std::int64_t>(random.below(3'000'000))};
  return options;
}

SimulatedCluster::SimulatedCluster(const SimulationOptions& options)
    : SimulatedNodes(options.seed, options.faults, options.pause_share),
      options_(options),
      lock_(make_memory_lock(clock_)) {
  injector_.crash_at = options.crash_at;
  ledger_.run = "simulated";
  ledger_.seed = options.seed;
  ledger_.targets = {"http://any-node"};
  ledger_.user_ids = {""};
  ledger_.phases = {{"duplicate", false}};
  add_nodes(options.nodes, [&options](int number) {
    Random random(options.seed + static_cast<std::uint64_t>(number));
    return Duration{static_cast<std::int64_t>(random.below(1'000'000'000'000))};
  });
}

SimulatedCluster::~SimulatedCluster() {
  // Callbacks of the lock and the clock must not reach a partly destroyed node.
  remove_nodes();
}

void SimulatedCluster::configure(Node&, EngineOptions& options) {
  options.policy.reservation_ttl = options_.reservation_ttl;
  options.policy.shop_confirms = options_.shop_confirms;
  options.policy.charge_checks = options_.charge_checks;
}

void SimulatedCluster::attach(Node& node) {
  admissions_[node.number] = std::make_unique<OrderAdmission>(*node.engine, *lock_, *node.clock);
}

void SimulatedCluster::detach(Node& node) {
  adopted_ += static_cast<int>(node.engine->stats().adopted);
  admissions_.erase(node.number);
}

LedgerEntry& SimulatedCluster::begin_request(OrderKind kind, std::uint32_t group) {
  LedgerEntry entry;
  entry.operation = ledger_.entries.size();
  entry.kind = kind;
  entry.group = group;
  entry.planned = entry.sent = clock_.now();
  entry.outcome = RequestOutcome::indeterminate;
  ledger_.entries.push_back(entry);
  return ledger_.entries.back();
}

void SimulatedCluster::place_order() {
  ++placed_;
  Node* node = random_node();
  if (!node) return;
  PlaceOrder order;
  order.id = OrderId{make_uuid_v7(clock_.now(), injector_.random.next(), injector_.random.next())};
  order.actor = Actor{UserId{make_uuid_v7(clock_.now(), 1, 1)}, Role::customer};
  const bool fails = injector_.happens(0.05);
  const auto group = static_cast<std::uint32_t>(injector_.random.below(static_cast<std::uint64_t>(options_.products)));
  const LedgerEntry& request = begin_request(fails ? OrderKind::payment_fail : OrderKind::duplicate, group);
  for (const ProductItem& item : ledger_.items_of(request))
    order.items.push_back({item.product_id, item.product_name, item.quantity, item.price});
  order.address = "Seoul";
  order.correlation = ledger_.correlation_sent(request).text();
  if (options_.all_systems) choose_saga(order);
  const OrderId id = order.id;
  const bool waits = options_.shop_confirms && is_checkout(order.saga);
  admissions_.at(node->number)
      ->place(std::move(order), [this, id, waits, operation = request.operation](Result<Receipt> receipt) {
        LedgerEntry& entry = ledger_.entries[operation];
        entry.outcome = outcome_of(receipt);
        entry.done = clock_.now();
        if (!receipt) return;
        entry.order = id.uuid;
        accepted_.push_back(id);
        if (!waits) return;
        // A shop whose page the buyer has left never confirms.
        for (int times = static_cast<int>(injector_.random.below(4)); times > 0; --times)
          clock_.after(Duration{static_cast<std::int64_t>(injector_.random.below(3'000'000))},
                       [this, id] { confirm_payment(id); });
      });
}

// Every definition gets a quarter of the orders.
void SimulatedCluster::choose_saga(PlaceOrder& order) {
  const std::size_t which = injector_.random.below(definitions().size());
  order.saga = definitions()[which].name;
  if (order.saga == order_processing_saga) return;
  order.key_only = true;
  order.customer = fmt::format("u{}", injector_.random.below(user_count));
  order.items.clear();
  const std::size_t lines = order.saga == item_purchase_saga ? 1 : 1 + injector_.random.below(3);
  for (std::size_t i = 0; i < lines; ++i)
    order.items.push_back({fmt::format("S{}", injector_.random.below(product_count)), "",
                           1 + static_cast<std::int64_t>(injector_.random.below(3)), Money{1000}});
}

// There is too little of everything, so that orders are refused. Repeated until it is acknowledged.
void SimulatedCluster::set_stocks() {
  Node* node = random_node();
  if (!node) return;
  SetStockRequest request{admin, {}};
  const auto add = [&](StockKind kind, std::string id, std::int64_t available) {
    StockSetting setting;
    setting.key = {kind, std::move(id)};
    setting.price = Money{500};
    setting.available = available;
    setting.only_if_absent = true;
    request.settings.push_back(std::move(setting));
  };
  for (int i = 0; i < product_count; ++i)
    for (const StockKind kind : {StockKind::product, StockKind::item}) add(kind, fmt::format("S{}", i), 12);
  for (int i = 0; i < user_count; ++i) {
    add(StockKind::balance, fmt::format("u{}", i), 20'000);
    add(StockKind::slots, fmt::format("u{}", i), 30);
  }
  node->engine->submit(std::move(request), [this](Result<Receipt> receipt) { is_stocked_ |= receipt.ok(); });
}

// The shop confirms under a key of the execution, and sometimes with a wrong key or amount.
void SimulatedCluster::confirm_payment(OrderId id) {
  Node* node = random_node();
  const auto flow = store_->flow(id);
  if (!node || !flow.ok() || !*flow || (*flow)->payments.empty()) return;
  ConfirmPaymentRequest request;
  request.order = id;
  request.actor = admin;
  request.provider_key =
      fmt::format("{}-{}{}", id.text(), (*flow)->payments.back().execution, injector_.happens(0.1) ? "-other" : "");
  request.amount = (*flow)->order.total;
  if (injector_.happens(0.1)) request.amount.cents += 1;
  node->engine->submit(std::move(request), [](Result<Receipt>) {});
}

// Confirms or cancels the payments that still wait. With a few seeds it does not, and the waits time out.
void SimulatedCluster::close_shop() {
  if (!options_.shop_confirms || options_.seed % 16 == 0) return;
  for (const OrderId id : accepted_) {
    Node* node = random_node();
    const auto flow = store_->flow(id);
    if (!node || !flow.ok() || !*flow || (*flow)->saga->status != SagaStatus::started) continue;
    if (injector_.happens(0.5))
      confirm_payment(id);
    else
      node->engine->submit(CancelOrderRequest{id, admin, "simulated: not paid"}, [](Result<Receipt>) {});
  }
}

// An operator sets the time of day of a machine: a node's, or the database's.
void SimulatedCluster::set_a_clock() {
  const bool is_little = injector_.happens(0.5);
  const auto by = Duration{static_cast<std::int64_t>(injector_.random.below(is_little ? 6'000'000 : 100'000'000'000))};
  const Duration signed_by = injector_.happens(0.5) ? by : -by;
  if (const std::size_t which = injector_.random.below(nodes_.size() + 1); which < nodes_.size())
    nodes_[which]->clock->step(signed_by);
  else
    clock_.step(signed_by);
}

void SimulatedCluster::run_operator_command() {
  Node* node = random_node();
  if (!node || accepted_.empty()) return;
  const OrderId id = accepted_[injector_.random.below(accepted_.size())];
  Command command = CancelOrderRequest{id, admin, "simulated: cancelled"};
  switch (injector_.random.below(options_.all_systems ? 5 : 4)) {
    case 4: {
      StockSetting setting;
      setting.key.kind = injector_.happens(0.5) ? StockKind::product : StockKind::item;
      setting.key.id = fmt::format("S{}", injector_.random.below(product_count));
      setting.available = static_cast<std::int64_t>(injector_.random.below(30));
      command = SetStockRequest{admin, {setting}};
      break;
    }
    case 0:
      command = CompensateRequest{saga_of(id), admin, "simulated: compensated"};
      break;
    case 1:
      command = RetryRequest{saga_of(id), admin, injector_.happens(0.5)};
      break;
    case 2:
      command = ConfirmOrderRequest{id, admin, "simulated"};
      break;
    default:
      break;
  }
  node->engine->submit(std::move(command), [](Result<Receipt>) {});
}

// An operator retries the compensations and refunds that have failed.
void SimulatedCluster::retry_failed_compensations() {
  visit_flows([&](const Flow& flow) {
    Node* node = random_node();
    const auto& steps = flow.saga->steps;
    const bool is_owed = std::any_of(flow.payments.begin(), flow.payments.end(), is_refund_due);
    const bool goes_back = std::any_of(steps.begin(), steps.end(), [](const StepState& step) {
      return step.status == StepStatus::compensating || step.status == StepStatus::compensated;
    });
    if (node && flow.saga->requires_manual_intervention && (goes_back || is_owed))
      node->engine->submit(RetryRequest{flow.saga->id, admin}, [](Result<Receipt>) {});
  });
}

// Whether no payment is due for another check.
bool SimulatedCluster::are_payments_settled() {
  bool settled = true;
  visit_flows([&](const Flow& flow) {
    for (const Payment& payment : flow.payments) settled &= !payment.check;
  });
  return settled;
}

void SimulatedCluster::visit_flows(const std::function<void(const Flow&)>& see) {
  const auto history = store_->snapshot();
  (void)(*history)->each_flow({}, [&](const FlowHistory& it) {
    if (it.flow.saga) see(it.flow);
    return true;
  });
}

bool SimulatedCluster::is_settled() {
  const auto counts = store_->counts();
  for (const auto& [what, count] : counts->sagas)
    if (!is_terminal(what.second) && count > 0) return false;
  if (counts->unpublished_events > 0 || !store_->due_flows(1)->empty()) return false;
  return are_payments_settled() && are_all_idle();
}

void SimulatedCluster::run() {
  SteadyTime next_order = clock_.steady();
  for (int i = 0; i < steps_max && placed_ < options_.orders; ++i) {
    if (clock_.steady() >= next_order) {
      if (options_.all_systems && !is_stocked_)
        set_stocks();
      else
        place_order();
      if (injector_.happens(options_.operator_share)) run_operator_command();
      if (injector_.happens(options_.clock_jumps)) set_a_clock();
      next_order = clock_.steady() + options_.order_every;
      clock_.after(options_.order_every, [] {});
    }
    step();
  }
  end_pauses();
  clock_.advance(2s);
  injector_.faults = Faults{};
  close_shop();
  const SteadyTime limit = clock_.steady() + settle_limit;
  int persons = 0;
  for (int i = 0; i < steps_max && clock_.steady() < limit; ++i) {
    step();
    if (i % 64 != 0 || !is_settled()) continue;
    if (persons++ < 2) {
      retry_failed_compensations();
      continue;
    }
    is_settled_ = true;
    break;
  }
  for (auto& node : nodes_)
    if (node->engine) adopted_ += static_cast<int>(node->engine->stats().adopted);
}

SimulatedCluster::Endings SimulatedCluster::endings() const {
  Endings endings;
  for (const OrderId id : accepted_) {
    const auto flow = store_->flow(id);
    if (flow.ok() && *flow && (*flow)->saga) ++endings[{(*flow)->saga->type, (*flow)->saga->status}];
  }
  return endings;
}

std::vector<std::string> SimulatedCluster::violations() {
  std::vector<std::string> wrong;
  if (!is_settled_) wrong.push_back("the cluster did not settle");
  if (bus_.gap) wrong.push_back("an event was published before one that it must follow");
  for (std::size_t i = 0; i < std::min<std::size_t>(bus_.overtaken.size(), 3); ++i) wrong.push_back(bus_.overtaken[i]);
  for (const OrderId id : accepted_)
    if (!store_->flow(id)->has_value()) wrong.push_back("an acknowledged order is lost: " + id.text());

  auto history = store_->snapshot();
  for (const auto& check : {stock_violations, stock_history_violations})
    for (std::string& what : check(**history)) wrong.push_back(std::move(what));
  for (std::string& what : money_violations(**history, provider_)) wrong.push_back(std::move(what));
  ExamineOptions examining;
  examining.check.drained = is_settled_;
  // When a clock is set back, the lock's clock follows and the database's does not: their difference has no bound.
  if (options_.clock_jumps > 0) examining.check.lock_clock_error = std::chrono::hours(1'000);
  examining.run = options_.all_systems ? "" : ledger_.run;
  examining.ledger = options_.all_systems ? nullptr : &ledger_;  // which has requests of the order saga only
  const auto found = examine(**history, examining);
  if (!found) return {found.error().message};
  for (const Verdict& verdict : found->verdicts)
    if (verdict.ruling == Ruling::fail)
      wrong.push_back(verdict.name + ": " + verdict.reason + " " + verdict.witness.dump());
  return wrong;
}

}  // namespace sagactl::simulation
