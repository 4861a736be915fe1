// A user's login sessions: each starts with a login, continues with every renewal of its refresh token, and ends
// independently of the others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/participants/user.hpp"

namespace sagactl {

inline constexpr std::size_t sessions_max = 20;  // of one user; one more ends the least recently renewed

// A client may send its token twice at once, or again because the answer was lost: within this time that is no theft.
inline constexpr Duration renewal_grace = std::chrono::seconds(30);

// Adds the session and removes those that have expired at `now`.
void begin_session(User& user, LoginSession session, Timestamp now);

enum class Renewal {
  renewed,
  repeated,  // the token was renewed within the grace period: nothing has changed
  reused,    // an older token: two parties use this session, and it is ended
  unknown,   // there is no such session
};

// Replaces the session `id`, whose valid refresh token must have the hash `presented_hash`, by `next`.
Renewal renew_session(User& user, std::string_view id, std::string_view presented_hash, LoginSession next,
                      Timestamp now);

// False: there is no such session.
bool end_session(User& user, std::string_view id);

// The stored form; "" for none.
std::string sessions_text(const std::vector<LoginSession>& sessions);

// `last_hash` is the single hash that versions with one session per user store: it becomes a session without an id,
// unless a session in the text has it. An element that cannot be read is left out.
std::vector<LoginSession> read_sessions(std::string_view text, std::string_view last_hash);

// The hash to store for those versions: that of the most recently renewed session. "": none.
std::string last_hash_of(const std::vector<LoginSession>& sessions);

}  // namespace sagactl
