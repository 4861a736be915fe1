#include "server/participants/session.hpp"

#include <algorithm>

#include "common/text/json.hpp"

namespace sagactl {
namespace {

// [id, hash, previous hash, renewed, expires]
constexpr std::size_t session_member_count = 5;

// A token without a session id belongs to the session that has, or had, its hash.
auto find_session(std::vector<LoginSession>& sessions, std::string_view id, std::string_view presented_hash) {
  return std::find_if(sessions.begin(), sessions.end(), [&](const LoginSession& session) {
    if (id.empty()) return session.id.empty() || session.hash == presented_hash || session.previous == presented_hash;
    return session.id == id;
  });
}

// The most recently renewed session is last.
void put_last(std::vector<LoginSession>& sessions, LoginSession session, Timestamp now) {
  std::erase_if(sessions, [&](const LoginSession& other) { return other.expires_at <= now; });
  if (sessions.size() >= sessions_max)
    sessions.erase(sessions.begin(),
                   sessions.begin() + static_cast<std::ptrdiff_t>(sessions.size() - sessions_max + 1));
  session.renewed_at = now;
  sessions.push_back(std::move(session));
}

}  // namespace

void begin_session(User& user, LoginSession session, Timestamp now) {
  put_last(user.sessions, std::move(session), now);
}

Renewal renew_session(User& user, std::string_view id, std::string_view presented_hash, LoginSession next,
                      Timestamp now) {
  const auto found = find_session(user.sessions, id, presented_hash);
  if (found == user.sessions.end() || found->expires_at <= now) return Renewal::unknown;
  if (found->hash != presented_hash) {
    if (found->previous == presented_hash && now - found->renewed_at <= renewal_grace) return Renewal::repeated;
    user.sessions.erase(found);
    return Renewal::reused;
  }
  next.previous = found->hash;
  user.sessions.erase(found);
  put_last(user.sessions, std::move(next), now);
  return Renewal::renewed;
}

bool end_session(User& user, std::string_view id) {
  return std::erase_if(user.sessions, [&](const LoginSession& session) { return session.id == id; }) > 0;
}

std::string sessions_text(const std::vector<LoginSession>& sessions) {
  if (sessions.empty()) return {};
  Json list = Json::array();
  for (const LoginSession& s : sessions)
    list.push_back(Json::array({s.id, s.hash, s.previous, s.renewed_at.us, s.expires_at.us}));
  return json_text(list);
}

std::vector<LoginSession> read_sessions(std::string_view text, std::string_view last_hash) {
  std::vector<LoginSession> sessions;
  const Json list = text.empty() ? Json::array() : read_json(text);
  if (list.is_array()) {
    for (const Json& json : list) {
      const bool readable = json.is_array() && json.size() == session_member_count && json[0].is_string() &&
                            json[1].is_string() && json[2].is_string() && json[3].is_number_integer() &&
                            json[4].is_number_integer();
      if (!readable) continue;
      sessions.push_back({json[0].get<std::string>(), json[1].get<std::string>(), json[2].get<std::string>(),
                          Timestamp{json[3].get<std::int64_t>()}, Timestamp{json[4].get<std::int64_t>()}});
    }
  }
  const bool is_known = std::any_of(sessions.begin(), sessions.end(),
                                    [&](const LoginSession& session) { return session.hash == last_hash; });
  if (!last_hash.empty() && !is_known) sessions.push_back({"", std::string(last_hash), "", {}, never_expires});
  return sessions;
}

std::string last_hash_of(const std::vector<LoginSession>& sessions) {
  return sessions.empty() ? std::string() : sessions.back().hash;
}

}  // namespace sagactl
