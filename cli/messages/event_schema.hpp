// The AsyncAPI document of the events that nodes publish, and the JSON Schema of each event in it.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// docs/events/asyncapi.json.
const std::string& events_document();

std::vector<std::string> event_names();  // "OrderCreated" ...

// The schema of an event's value, complete in itself: what it refers to is in its `$defs`. `invalid` for a name that is
// none of event_names().
Result<Json> event_schema(const std::string& name);

}  // namespace sagactl
