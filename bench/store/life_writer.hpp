// Writes the lives of orders to a store, as an engine does: two commits for a batch of them, each with its loads.
#pragma once

#include <functional>
#include <vector>

#include "bench/store/order_life.hpp"

namespace sagactl::bench {

class LifeWriter {
 public:
  // Registers the node. The store outlives this. Failures end the program.
  LifeWriter(Store& store, const NodeName& node);

  Owner owner() const { return {registration_.writer.node, registration_.writer.epoch}; }
  void write(std::vector<OrderLife>& lives);

 private:
  void add_events(Changes& changes, std::vector<Event>& events, Timestamp now);
  void commit(const BatchKeys& keys, const std::function<Changes(Timestamp)>& decide);

  Store& store_;
  NodeRegistration registration_;
};

// The processor time of this process, in seconds.
double cpu_seconds();

}  // namespace sagactl::bench
