// Which of the recorded requests creates the order.
#pragma once

#include <cstddef>
#include <string>

#include "cli/loadtest/init/draft.hpp"

namespace sagactl {

// "POST /orders", or the request's own name with it: "place (POST /orders)".
std::string shown(const RecordedRequest& request);

// The path with its query: "/orders?x=1".
std::string path_of_recorded(const RecordedRequest& request);

// The POST or PUT whose address and answer are most like those of an order, the last of those that are alike; of
// alternatives (Recording::are_alternatives) the one with the shortest address. `wanted` is its number from 1, its
// name, its path, or method and path; empty: none is given. `invalid` names those that there are.
Result<std::size_t> creating_request(const Recording& recording, const std::string& wanted);

// How it was chosen and how to choose another, for people: "request 2 of 3, POST /orders, creates the order; --request
// takes another: 1 POST /login, 3 POST /pay". Empty when there is no other.
std::string choice_text(const Recording& recording, std::size_t creating);

}  // namespace sagactl
