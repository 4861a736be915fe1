// Log-ins of web pages. A page gets a cookie for a one-time code, or for a password; the cookie then counts as a token
// of the same user on every route. Scripts cannot read it, and pages of other origins cannot use it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/api/accounts/login_sessions.hpp"
#include "server/auth/jwt.hpp"
#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"
#include "server/ports/clock.hpp"

namespace sagactl::api {

inline constexpr Duration page_session_lifetime = std::chrono::hours(12);
inline constexpr Duration page_code_lifetime = 60s;

// Any thread. Nodes with the same secret accept each other's codes and cookies.
class PageSessions {
 public:
  // `read_only`: a page may change nothing. The others outlive this.
  PageSessions(std::string_view shared_secret, bool read_only, LoginSessions& sessions, Clock& clock);

  struct Token {
    std::string text;
    Timestamp expires_at;
  };
  // A code for a page of this caller. That it is used once is for the caller to see to, by its id.
  Token issue_code(const http::Caller& caller) const;
  // Whose code it is; `token_id` is the code's id. `unauthenticated` when it has expired or is none of ours.
  Result<http::Caller> read_code(std::string_view code) const;

  // A new session: the cookie for the `Set-Cookie` of an answer to `request`.
  Token begin(const http::Caller& caller) const;
  http::Header cookie_of(const Token& token, const http::Request& request) const;
  http::Header no_cookie(const http::Request& request) const;

  // The caller by the request's Authorization header, or else by its cookie. `forbidden` for a change that does not
  // come from a page of this node (code PAGE_REQUEST), or when pages are read-only (code READ_ONLY).
  Result<http::Caller> authenticate(const http::Request& request) const;
  // The caller by the cookie alone, and until when it is good; `unauthenticated` when there is none.
  Result<http::Caller> page_caller(const http::Request& request) const;
  Timestamp expiry(const http::Request& request) const;

  // That a page of this node sends the request: `forbidden` with the code PAGE_REQUEST otherwise.
  static Result<void> check_page(const http::Request& request);

  // Sessions that were logged out, here or at another node. Forgets those that have expired by now.
  void add_ended(const std::vector<std::string>& sessions);
  // The ids of sessions and codes that are not good any more, whatever happened to them, are less than this.
  std::string oldest_id() const;

  bool read_only() const { return read_only_; }

 private:
  Result<auth::Claims> claims_of(const http::Request& request) const;

  const bool read_only_;
  const std::string cookie_name_;
  LoginSessions& sessions_;
  Clock& clock_;
  const auth::TokenKey code_key_, cookie_key_;
  std::mutex ending_;  // of those who change what follows
  std::atomic<std::shared_ptr<const std::set<std::string>>> ended_;
};

}  // namespace sagactl::api
