// The steps of a checkout by their position, which is the same in both of its definitions.
#pragma once

#include <cstddef>

#include "server/saga/saga.hpp"

namespace sagactl::api {

enum CheckoutStep : std::size_t { create_order, process_payment, reserve_inventory, complete_order, step_count };

inline StepStatus checkout_step_status(const Saga& saga, CheckoutStep step) {
  return step < saga.steps.size() ? saga.steps[step].status : StepStatus::pending;
}

}  // namespace sagactl::api
