// The members that messages of checkouts and purchases have beside the events' own: services of those systems read
// them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "server/participants/flow.hpp"

namespace sagactl {

// Adds to the data of an event of `flow`. Of a purchase the member userId becomes the purchase system's user, and
// accountId is whose order it is. Nothing for flows of other sagas.
void add_shop_members(Event& event, const Flow& flow);

// The data of a reply that reports `command` ("PROCESS_PAYMENT", "RELEASE_INVENTORY") of that execution as done: a JSON
// object.
std::string shop_reply_data(const Flow& flow, std::string_view command, int execution);

}  // namespace sagactl
