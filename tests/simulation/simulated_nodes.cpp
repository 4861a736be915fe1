#include "tests/simulation/simulated_nodes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl::simulation {
namespace {

constexpr Duration window_of_every_second_node = 8ms, commit_time_of_the_others = 500us;
constexpr Duration node_pause = 5s;
constexpr std::uint64_t down_us_max = 6'000'000, wake_us_max = 2'000;

}  // namespace

SimulatedNodes::SimulatedNodes(std::uint64_t seed, const Faults& faults, double pause_share)
    : injector_(seed, faults),
      store_(make_memory_store(clock_)),
      provider_(clock_, injector_),
      bus_(injector_),
      pause_share_(pause_share) {}

SimulatedNodes::~SimulatedNodes() = default;

void SimulatedNodes::add_nodes(int count, const std::function<Duration(int number)>& began) {
  for (int i = 1; i <= count; ++i) {
    auto node = std::make_unique<Node>();
    node->name = fmt::format("node-{}", i);
    node->number = static_cast<std::size_t>(i);
    node->clock = std::make_unique<NodeClock>(clock_, began(i));
    const bool is_second = i % 2 == 0;
    node->store = std::make_unique<UnreliableStore>(*store_, injector_, *node->clock,
                                                    is_second ? window_of_every_second_node : Duration{0},
                                                    is_second ? Duration{0} : commit_time_of_the_others);
    node->gateway = std::make_unique<UnreliableGateway>(provider_, injector_, [this, it = node.get()] { kill(*it); });
    nodes_.push_back(std::move(node));
  }
  for (auto& node : nodes_) start_node(*node);
}

void SimulatedNodes::remove_nodes() {
  for (auto& node : nodes_)
    if (node->engine) stop_process(*node);
}

void SimulatedNodes::start_node(Node& node) {
  EngineOptions options;
  options.node = node.name;
  options.seed = injector_.random.next();
  configure(node, options);
  node.engine = std::make_unique<Engine>(options, *node.store, *node.gateway, bus_, *node.clock);
  attach(node);
  node.engine->on_work([this, &node] { node.due = std::min(node.due, clock_.steady() + some_time(wake_us_max)); });
  node.due = clock_.steady();
  try {
    (void)node.engine->start();  // a start that fails is retried in the turns
  } catch (const Crash&) {
    kill(node);
  }
}

void SimulatedNodes::stop_process(Node& node) {
  detach(node);
  node.engine.reset();
  ended(node);
}

void SimulatedNodes::kill(Node& node) {
  if (!node.engine) return;
  ++crashes_;
  stop_process(node);
  clock_.after(some_time(down_us_max), [this, &node] {
    if (!node.engine) start_node(node);
  });
}

void SimulatedNodes::turn(Node& node) {
  if (injector_.happens(pause_share_)) {
    node.due = clock_.steady() + node_pause;
    return;
  }
  try {
    node.due = never_due;
    const SteadyTime due = node.clock->cluster_time(node.engine->turn());
    node.due = std::min(node.due, std::max(due, clock_.steady() + Duration{1}));
  } catch (const Crash&) {
    kill(node);
  }
}

void SimulatedNodes::step() {
  Node* next = nullptr;
  for (auto& node : nodes_)
    if (node->engine && (!next || node->due < next->due)) next = node.get();
  const auto event = clock_.next();
  if (next && (!event || next->due <= *event)) {
    if (next->due > clock_.steady()) clock_.advance(next->due - clock_.steady());
    if (next->engine && next->due <= clock_.steady()) turn(*next);
  } else if (event) {
    clock_.advance_to_next();
  }
}

SimulatedNodes::Node* SimulatedNodes::random_node() {
  std::vector<Node*> up;
  for (auto& node : nodes_)
    if (node->engine) up.push_back(node.get());
  return up.empty() ? nullptr : up[injector_.random.below(up.size())];
}

bool SimulatedNodes::are_all_idle() const {
  return std::all_of(nodes_.begin(), nodes_.end(),
                     [](const auto& node) { return node->engine && node->engine->stats().queue_depth == 0; });
}

}  // namespace sagactl::simulation
