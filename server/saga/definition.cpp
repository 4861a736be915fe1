#include "server/saga/definition.hpp"

namespace sagactl {

const std::vector<SagaDefinition>& definitions() {
  static const std::vector<SagaDefinition> all = {
      SagaDefinition{
          .name = order_processing_saga,
          .version = 1,
          .mode = Mode::orchestration,
          .steps =
              {
                  StepDefinition{.name = "order_creation",
                                 .action = "order.create",
                                 .compensation = "order.cancel",
                                 .compensated_as = "order_cancelled",
                                 .listed = false},
                  StepDefinition{.name = "payment_processing",
                                 .action = "payment.charge",
                                 .compensation = "payment.refund",
                                 .compensated_as = "payment_refunded"},
                  StepDefinition{.name = "order_confirmation",
                                 .action = "order.confirm",
                                 .compensation = "",
                                 .compensated_as = ""},
              },
          .pivot = 1,
      },
  };
  return all;
}

const SagaDefinition* find_definition(std::string_view name) {
  for (const SagaDefinition& definition : definitions())
    if (definition.name == name) return &definition;
  return nullptr;
}

}  // namespace sagactl
