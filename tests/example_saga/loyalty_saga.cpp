#include "tests/example_saga/loyalty_saga.hpp"

namespace sagactl::example {
namespace {

constexpr std::int64_t cents_per_point = 100;

bool always(const StepSite&) {
  return true;
}

}  // namespace

std::vector<ReservationLine> points_for(const Order& order) {
  return {{"points:" + order.customer, (order.total.cents + cents_per_point - 1) / cents_per_point}};
}

StepResult check_units(const StepSite& site) {
  std::int64_t units = 0;
  for (const OrderItem& item : site.flow.order.items) units += item.quantity;
  if (units > units_max) return StepResult{Refused{"too many units for an order that is paid with points"}, {}, {}};
  return StepResult{Succeeded{}, {}, {}};
}

SagaDefinition loyalty_definition() {
  return SagaDefinition{
      .name = std::string(loyalty_saga),
      .steps = {StepDefinition{.name = "order_creation",
                               .action = "order.create",
                               .compensation = "order.cancel",
                               .compensated_as = "order_cancelled"},
                StepDefinition{
                    .name = "units_check", .action = "units.check", .compensation = "", .compensated_as = ""},
                StepDefinition{.name = "points_reservation",
                               .action = "points.reserve",
                               .compensation = "points.release",
                               .compensated_as = "points_given_back"},
                StepDefinition{
                    .name = "points_settlement", .action = "points.confirm", .compensation = "", .compensated_as = ""},
                StepDefinition{
                    .name = "order_confirmation", .action = "order.confirm", .compensation = "", .compensated_as = ""}},
      .pivot = 3,
  };
}

std::vector<ParticipantCommand> loyalty_commands() {
  std::vector<ParticipantCommand> commands = stock_commands("points", {StockKind::product, points_for});
  commands.push_back({"units.check", check_units, always});
  return commands;
}

}  // namespace sagactl::example
