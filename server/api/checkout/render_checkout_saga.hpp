// Sagas of checkouts as JSON, as the checkout system's API has them. Pure. Every flow given here has a saga.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::api {

Json checkout_saga_json(const Flow& flow);
std::string checkout_saga_status(const Saga& saga);
std::string checkout_saga_step(const Saga& saga);
std::string checkout_saga_id(const Saga& saga);                       // "SAGA-<id>"
std::optional<SagaId> parse_checkout_saga_id(std::string_view text);  // also without "SAGA-"

// The stages in which a saga has this status; none: there is no such status.
std::optional<std::vector<SagaStage>> stages_of_checkout_status(std::string_view status);
extern const std::vector<std::string_view> checkout_saga_statuses;

}  // namespace sagactl::api
