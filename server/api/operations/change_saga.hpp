// What the actions of operators on a saga share: If-Match before, and the answer after.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "server/api/route_group.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {

// The versions of the saga that the operator accepts, by If-Match; empty: any. The error is the 412 for tags that a
// proxy has made weak.
struct AcceptedVersions {
  std::vector<Timestamp> times;
  bool are_weak = false;
};
AcceptedVersions accepted_versions(const Request& request);
http::Response weak_tags_refused(const Request& request);

// Which way of a step is answered for, by the member "direction" of the body: "do" or "undo". None: whichever is in
// progress.
std::optional<Direction> read_direction(http::ObjectReader& body);

// The answer to an action that was refused: 412 when the saga has changed since the versions that the operator accepts.
// `parameter` is the one of the path that has the saga's id.
Answer refused_action(const Error& error, const Request& request, std::string_view parameter);

// Submits the command and answers 202 with the saga's state. `parameter` as above.
awaitable<Answer> change_saga(Context& context, Request& request, std::string_view parameter, Command command,
                              std::string_view message);

}  // namespace sagactl::api
