#include "server/ports/bus.hpp"

namespace sagactl {

std::string_view topic_of(const Event& event) {
  switch (event.aggregate_type) {
    case AggregateType::order: return "order-events";
    case AggregateType::payment: return "payment-events";
    case AggregateType::saga: return "saga-events";
  }
  return "saga-events";
}

}  // namespace sagactl
