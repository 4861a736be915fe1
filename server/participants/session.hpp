// What becomes of a user's sessions: each begins with a log-in, goes on with every renewal of its refresh token, and
// ends by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/participants/user.hpp"

namespace sagactl {

inline constexpr std::size_t sessions_max = 20;  // of one user; a further one ends the one that was not used for longest

// A client may send its token twice at once, or again because the answer got lost: for so long that is no theft.
inline constexpr Duration renewal_grace = std::chrono::seconds(30);

// Adds it and forgets those that are over at `now`.
void begin_session(User& user, LoginSession session, Timestamp now);

enum class Renewal {
  renewed,
  repeated,  // the token was renewed a moment ago: nothing has changed
  reused,    // an older token: two parties have this session, and it is ended
  unknown,   // there is no such session (any more)
};

// `next` takes the place of the session `id`, whose good refresh token has to be that of `presented_hash`.
Renewal renew_session(User& user, std::string_view id, std::string_view presented_hash, LoginSession next,
                      Timestamp now);

// False: there is none.
bool end_session(User& user, std::string_view id);

// As they are stored; "" for none.
std::string sessions_text(const std::vector<LoginSession>& sessions);

// `last_hash` is what is stored as the one hash of a user by versions that knew one session: a session without an id,
// unless one of those in the text has it. What cannot be read is no session.
std::vector<LoginSession> read_sessions(std::string_view text, std::string_view last_hash);

// What those versions take for the good one: that of the session that was renewed last. "": none.
std::string last_hash_of(const std::vector<LoginSession>& sessions);

}  // namespace sagactl
