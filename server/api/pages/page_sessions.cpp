#include "server/api/pages/page_sessions.hpp"

#include <fmt/format.h>

#include "common/crypto.hpp"
#include "common/id.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {
namespace {

constexpr Duration clock_margin = 1h;  // between the clocks of nodes

Error not_logged_in() {
  return Error{ErrorCode::unauthenticated, "Unauthorized"};
}

std::string derived_secret(std::string_view shared_secret, std::string_view purpose) {
  return hex(hmac_sha256(shared_secret, purpose));
}

// Cookies know no ports: nodes of several clusters on one machine have cookies of their own names.
std::string name_of_cookie(std::string_view shared_secret) {
  std::string name = "sagactl-";
  name += derived_secret(shared_secret, "the name of the cookie of pages").substr(0, 8);
  return name;
}

bool changes_nothing(http::Method method) {
  return method == http::Method::get || method == http::Method::head || method == http::Method::options;
}

auth::Claims claims_for(const http::Caller& caller, Timestamp now, Duration lifetime) {
  auth::Claims claims;
  claims.subject = caller.id;
  claims.email = caller.email;
  claims.role = caller.role;
  claims.token_id = new_uuid().text();
  claims.issued_at_s = now.us / 1'000'000;
  claims.expires_at_s = (now + lifetime).us / 1'000'000;
  return claims;
}

http::Caller caller_of(const auth::Claims& claims) {
  http::Caller caller{claims.subject, claims.email, claims.role, claims.token_id};
  return caller;
}

}  // namespace

PageSessions::PageSessions(std::string_view shared_secret, bool read_only, LoginSessions& sessions, Clock& clock)
    : read_only_(read_only),
      cookie_name_(name_of_cookie(shared_secret)),
      sessions_(sessions),
      clock_(clock),
      code_key_(derived_secret(shared_secret, "codes of pages")),
      cookie_key_(derived_secret(shared_secret, "cookies of pages")) {}

PageSessions::Token PageSessions::issue_code(const http::Caller& caller) const {
  const auth::Claims claims = claims_for(caller, clock_.now(), page_code_lifetime);
  return {code_key_.sign(claims), Timestamp{claims.expires_at_s * 1'000'000}};
}

Result<http::Caller> PageSessions::read_code(std::string_view code) const {
  const auto claims = code_key_.verify(code, clock_.now());
  if (!claims)
    return Error{ErrorCode::unauthenticated,
                 "the code is not valid any more: it is good once, and for a minute; run `sagactl open` again"};
  return caller_of(*claims);
}

PageSessions::Token PageSessions::begin(const http::Caller& caller) const {
  const auth::Claims claims = claims_for(caller, clock_.now(), page_session_lifetime);
  return {cookie_key_.sign(claims), Timestamp{claims.expires_at_s * 1'000'000}};
}

http::Header PageSessions::cookie_of(const Token& token, const http::Request& request) const {
  return {"Set-Cookie", fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", cookie_name_, token.text,
                                    std::chrono::duration_cast<std::chrono::seconds>(page_session_lifetime).count(),
                                    request.is_https ? "; Secure" : "")};
}

http::Header PageSessions::no_cookie(const http::Request& request) const {
  return {"Set-Cookie", fmt::format("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict{}", cookie_name_,
                                    request.is_https ? "; Secure" : "")};
}

Result<http::Caller> PageSessions::authenticate(const http::Request& request) const {
  if (!request.header("authorization").empty() || request.cookie(cookie_name_).empty())
    return sessions_.authenticate(request);
  auto caller = page_caller(request);
  if (!caller || changes_nothing(request.method)) return caller;
  if (const auto checked = check_page(request); !checked) return checked.error();
  if (read_only_ && !request.path.starts_with("/ui/session"))
    return Error{ErrorCode::forbidden,
                 "the pages of this node are read-only: use `sagactl`, or a node whose pages are not",
                 Json{{"code", "READ_ONLY"}}};
  return caller;
}

Result<auth::Claims> PageSessions::claims_of(const http::Request& request) const {
  const std::string_view cookie = request.cookie(cookie_name_);
  // Also what only reads: a page of another origin that may call must have a token of its own.
  if (cookie.empty() || request.cross_origin) return not_logged_in();
  auto claims = cookie_key_.verify(cookie, clock_.now());
  if (!claims || !from_string<Role>(claims->role)) return not_logged_in();
  if (const auto ended = ended_.load(); ended && ended->contains(claims->token_id)) return not_logged_in();
  return claims;
}

Result<http::Caller> PageSessions::page_caller(const http::Request& request) const {
  const auto claims = claims_of(request);
  if (!claims) return claims.error();
  http::Caller caller = caller_of(*claims);
  caller.session = claims->token_id;
  caller.is_page = true;
  const auto user = UserId::parse(claims->subject);
  if (!user) return not_logged_in();
  if (const auto now = sessions_.changed_rights().of(*user)) {
    if (now->status != UserStatus::active) return not_logged_in();
    caller.role = std::string(to_string(now->role));
  }
  return caller;
}

Timestamp PageSessions::expiry(const http::Request& request) const {
  const auto claims = claims_of(request);
  return claims ? Timestamp{claims->expires_at_s * 1'000'000} : Timestamp{};
}

Result<void> PageSessions::check_page(const http::Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  const bool is_same_origin =
      site == "same-origin" || (site.empty() && !request.header("origin").empty() && !request.cross_origin);
  if (is_same_origin && !request.header(http::page_header).empty()) return {};
  return Error{
      ErrorCode::forbidden,
      "Forbidden: only a page of this node may change something by its cookie, with the header X-Sagactl-Page; "
      "other programs send a token",
      Json{{"code", "PAGE_REQUEST"}}};
}

std::string PageSessions::oldest_id() const {
  return make_uuid_v7(clock_.now() - page_session_lifetime - clock_margin, 0, 0).text();
}

void PageSessions::add_ended(const std::vector<std::string>& sessions) {
  const std::lock_guard lock(ending_);
  const auto known = ended_.load();
  auto all = known ? std::make_shared<std::set<std::string>>(*known) : std::make_shared<std::set<std::string>>();
  all->insert(sessions.begin(), sessions.end());
  all->erase(all->begin(), all->lower_bound(oldest_id()));
  ended_.store(std::move(all));
}

}  // namespace sagactl::api
