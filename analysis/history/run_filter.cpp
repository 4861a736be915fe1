#include "analysis/history/run_filter.hpp"

#include "loadgen/orders/product.hpp"

namespace sagactl {

RunFilter::RunFilter(std::string run) : run_(std::move(run)), key_(correlation_key(run_)) {}

bool RunFilter::matches(const Flow& flow) const {
  if (run_.empty()) return true;
  const auto& items = flow.order.items;
  const auto product = items.empty() ? std::nullopt : parse_product_id(items.front().product_id);
  if (product && product->run == run_) return true;
  const auto correlation = flow.saga ? Uuid::parse(flow.saga->correlation) : std::nullopt;
  return correlation && operation_of(key_, *correlation);
}

}  // namespace sagactl
