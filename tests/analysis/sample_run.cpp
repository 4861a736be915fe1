#include "tests/analysis/sample_run.hpp"

#include <algorithm>
#include <cmath>

#include "common/random.hpp"

namespace sagactl {
namespace {

class Sampling {
 public:
  Sampling(const SampleOptions& options, SampleRun& run) : options_(options), run_(run), random_(options.seed) {
    Ledger& ledger = run_.load.ledger;
    ledger.run = "sample01";
    ledger.scenario = "mixed";
    ledger.seed = options.seed;
    ledger.open_loop = true;
    ledger.started_at = run_.world.now();
    for (NodeInfo& node : run_.world.nodes) ledger.targets.push_back(node.url);
    for (std::uint64_t i = 1; i <= 2; ++i)
      ledger.user_ids.push_back(make_uuid_v7(Timestamp{ledger.started_at.us}, 1, i).text());
    ledger.phases = {{"mixed", false}};
  }

  void send_all();

 private:
  LedgerEntry& send(OrderKind kind, std::uint32_t group);
  void accept(LedgerEntry& entry);
  void end_saga(FlowHistory& flow, OrderKind kind);
  void count(const LedgerEntry& entry);
  Duration response_time();

  const SampleOptions options_;
  SampleRun& run_;
  Random random_;
  std::uint32_t sent_ = 0;
};

Duration Sampling::response_time() {
  // Mostly short, with a tail.
  const double u = random_.unit();
  return Duration{static_cast<std::int64_t>(1500 * std::exp(1.1 * std::sqrt(-2 * std::log(1 - u)) - 1))};
}

LedgerEntry& Sampling::send(OrderKind kind, std::uint32_t group) {
  LedgerEntry entry;
  entry.operation = sent_;
  entry.group = group;
  entry.kind = kind;
  entry.target = static_cast<std::uint16_t>(sent_ % 3);
  entry.user = static_cast<std::uint16_t>(sent_ % 2);
  entry.planned = run_.world.now();
  entry.sent = entry.planned + Duration{20 + static_cast<std::int64_t>(random_.below(60))};
  entry.done = entry.planned + response_time() + 200us;
  entry.first_byte = entry.done - 10us;
  ++sent_;
  run_.load.ledger.entries.push_back(entry);
  return run_.load.ledger.entries.back();
}

void Sampling::accept(LedgerEntry& entry) {
  const Ledger& ledger = run_.load.ledger;
  World::Placing placing;
  placing.product = ledger.product(entry);
  placing.node = run_.world.nodes[entry.target].name;
  placing.correlation = ledger.correlation_sent(entry).text();
  placing.user = *UserId::parse(ledger.user_ids[entry.user]);
  for (const ProductItem& item : ledger.items_of(entry))
    placing.items.push_back({item.product_id, item.product_name, item.quantity, item.price});
  FlowHistory& flow = run_.world.place(placing);
  entry.outcome = RequestOutcome::accepted;
  entry.http_status = 201;
  entry.order = flow.flow.order.id.uuid;
  entry.correlation = ledger.correlation_sent(entry);
  entry.claimed_status = ClaimedStatus::pending;
  entry.claimed_total = flow.flow.order.total;
  end_saga(flow, entry.kind);
}

void Sampling::end_saga(FlowHistory& flow, OrderKind kind) {
  run_.world.pass(Duration{static_cast<std::int64_t>(500 + random_.below(2500))});
  if (kind == OrderKind::payment_fail)
    run_.world.decline(flow);
  else
    run_.world.complete(flow);
}

void Sampling::send_all() {
  std::uint32_t group = 0;
  const std::uint32_t rounds = std::max({options_.groups, options_.singles, options_.failures});
  for (std::uint32_t round = 0; round < rounds; ++round) {
    if (round < options_.groups) {
      const std::uint32_t first = sent_;
      for (std::uint32_t i = 0; i < options_.duplicates; ++i) send(OrderKind::duplicate, group);
      auto& entries = run_.load.ledger.entries;
      const std::uint32_t winner = first + static_cast<std::uint32_t>(random_.below(options_.duplicates));
      accept(entries[winner]);
      for (std::uint32_t i = first; i < sent_; ++i) {
        if (i == winner) continue;
        entries[i].outcome = RequestOutcome::duplicate;
        entries[i].http_status = 409;
        entries[i].order = entries[winner].order;
      }
      ++group;
    }
    if (round < options_.singles) accept(send(OrderKind::single, group++));
    if (round < options_.failures) accept(send(OrderKind::payment_fail, group++));
  }
  for (const LedgerEntry& entry : run_.load.ledger.entries) count(entry);
}

void Sampling::count(const LedgerEntry& entry) {
  RunResult& load = run_.load;
  ++load.requests.sent;
  load.requests.accepted += entry.outcome == RequestOutcome::accepted;
  load.requests.duplicates += entry.outcome == RequestOutcome::duplicate;
  load.response.record(entry.response_time());
  load.service.record(entry.service_time());
  load.generator.lateness.record(entry.lateness());
  const auto second = static_cast<std::size_t>((entry.planned - load.ledger.started_at) / 1s);
  if (load.seconds.size() <= second) load.seconds.resize(second + 1);
  LoadSecond& bin = load.seconds[second];
  ++bin.planned;
  ++bin.sent;
  bin.accepted += entry.outcome == RequestOutcome::accepted;
  bin.duplicates += entry.outcome == RequestOutcome::duplicate;
  bin.response_max = std::max(bin.response_max, entry.response_time());
}

}  // namespace

SampleRun sample_run(const SampleOptions& options) {
  SampleRun run;
  Sampling(options, run).send_all();
  run.world.settle_claims();
  run.world.number_events();
  RunResult& load = run.load;
  load.ledger.ended_at = run.world.now();
  load.measured = load.rated = load.ledger.ended_at - load.ledger.started_at;
  load.answers = count_answers(load.ledger, nullptr);
  load.overlaps = overlaps(load.ledger);
  load.generator.connections_max = load.generator.connections_peak = 12;
  load.generator.workers = 1;
  load.generator.cpu_share = 0.25;
  return run;
}

LedgerEntry& SampleRun::entry(OrderKind kind, RequestOutcome outcome) {
  return *std::find_if(load.ledger.entries.begin(), load.ledger.entries.end(),
                       [&](const LedgerEntry& it) { return it.kind == kind && it.outcome == outcome; });
}

FlowHistory& SampleRun::flow_of(const LedgerEntry& entry) {
  return *std::find_if(world.flows.begin(), world.flows.end(),
                       [&](const FlowHistory& it) { return it.flow.order.id.uuid == entry.order; });
}

}  // namespace sagactl
