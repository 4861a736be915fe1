// Starting a session for a user whose password was checked.
#pragma once

#include "server/api/route_group.hpp"
#include "server/participants/user.hpp"

namespace sagactl::api {

// Stores a new session and answers `status` with its tokens.
awaitable<Answer> begin_session(Context& context, Request& request, User user, int status);

}  // namespace sagactl::api
