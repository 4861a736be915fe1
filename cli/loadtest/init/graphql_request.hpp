// Requests of GraphQL over HTTP, among those that were recorded.
#pragma once

#include <string>
#include <string_view>

#include "cli/loadtest/init/draft.hpp"

namespace sagactl {

// Takes a request apart whose body is one of GraphQL: query and operation into `graphql`, its variables as the body,
// and the data of its answer as the answer. Without an answer, one by what the query selects. Others stay as they are.
void take_graphql(RecordedRequest& request);

// The data that a query selects, with a text for each value; discarded when its first operation cannot be read.
Json selected_data(std::string_view query);
// Whether the query changes something.
bool is_mutation(std::string_view query);

}  // namespace sagactl
