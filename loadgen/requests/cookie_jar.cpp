#include "loadgen/requests/cookie_jar.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "common/text/number.hpp"
#include "common/text/text.hpp"
#include "loadgen/requests/escape.hpp"

namespace sagactl {
namespace {

constexpr Timestamp never_expires{INT64_MAX};
constexpr std::string_view cookie_prefix = "Cookie: ";

std::string_view take_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, std::min(text.find(separator), text.size()));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return trim(part);
}

// "Wed, 21 Oct 2026 07:28:00 GMT", also with hyphens in the date; nothing for other forms.
std::optional<Timestamp> http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
  std::string plain(text.substr(std::min(text.find(',') + 1, text.size())));
  std::replace(plain.begin(), plain.end(), '-', ' ');
  std::replace(plain.begin(), plain.end(), ':', ' ');
  std::string_view rest = trim(plain);
  const auto day = parse_number<std::int64_t>(take_part(rest, ' '));
  const std::string month_name = lower(take_part(rest, ' '));
  const auto year = parse_number<std::int64_t>(take_part(rest, ' '));
  const auto hour = parse_number<std::int64_t>(take_part(rest, ' ')),
             minute = parse_number<std::int64_t>(take_part(rest, ' ')),
             second = parse_number<std::int64_t>(take_part(rest, ' '));
  const auto month = std::find(months.begin(), months.end(), month_name);
  if (!day || !year || !hour || !minute || !second || month == months.end() || *year < 0 || *year > 9999)
    return std::nullopt;
  const std::int64_t full_year = *year < 70 ? *year + 2000 : *year < 100 ? *year + 1900 : *year;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(full_year)),
                                         std::chrono::month(static_cast<unsigned>(month - months.begin() + 1)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return Timestamp{((days * 24 + *hour) * 3600 + *minute * 60 + *second) * 1'000'000};
}

// Of a request's target, which is a whole URL where a proxy forwards it: its path.
std::string_view path_of_target(std::string_view target) {
  if (!target.starts_with('/'))
    if (const std::size_t scheme = target.find("://"); scheme != std::string_view::npos)
      target.remove_prefix(std::min(target.find('/', scheme + 3), target.size()));
  return target.substr(0, target.find('?'));
}

// The directory of a request's path (RFC 6265, 5.1.4).
std::string_view default_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : path.substr(0, slash);
}

bool is_cookie_for(std::string_view cookie_path, std::string_view path) {
  if (!path.starts_with(cookie_path)) return false;
  return path.size() == cookie_path.size() || cookie_path.ends_with('/') || path[cookie_path.size()] == '/';
}

}  // namespace

void CookieJar::take(std::string_view lines, std::string_view path, Timestamp now) {
  path = path_of_target(path);
  while (!lines.empty()) take_one(take_part(lines, '\n'), path, now);
}

void CookieJar::take_one(std::string_view line, std::string_view path, Timestamp now) {
  std::string_view value = take_part(line, ';');
  if (value.find('=') == std::string_view::npos || value.size() > cookie_size_max) return;
  Cookie cookie;
  cookie.name = take_part(value, '=');
  cookie.value = value;
  cookie.path = default_path(path);
  cookie.expires = never_expires;
  bool has_age = false;
  while (!line.empty()) {
    std::string_view setting = take_part(line, ';');
    const std::string name = lower(take_part(setting, '='));
    if (name == "path" && setting.starts_with('/')) cookie.path = setting;
    if (const auto age = parse_number<std::int64_t>(setting); name == "max-age" && age) {
      constexpr std::int64_t age_max = 1'000'000'000;
      has_age = true;
      cookie.expires = *age <= 0 ? Timestamp{} : now + std::chrono::seconds(std::min(*age, age_max));
    }
    if (name == "expires" && !has_age) cookie.expires = http_date(setting).value_or(cookie.expires);
  }
  const auto same = std::find_if(cookies_.begin(), cookies_.end(), [&](const Cookie& known) {
    return known.name == cookie.name && known.path == cookie.path;
  });
  const bool is_gone = cookie.expires <= now;
  if (same != cookies_.end()) {
    if (is_gone)
      cookies_.erase(same);
    else
      *same = std::move(cookie);
  } else if (!is_gone && cookies_.size() < cookies_max) {
    cookies_.push_back(std::move(cookie));
  }
}

char* CookieJar::put(char* out, std::string_view path, Timestamp now) const {
  bool any = false;
  path = path_of_target(path);
  for (const Cookie& cookie : cookies_) {
    if (cookie.expires <= now || !is_cookie_for(cookie.path, path)) continue;
    out = put_text(out, any ? "; " : cookie_prefix);
    out = put_text(out, cookie.name);
    *out++ = '=';
    out = put_text(out, cookie.value);
    any = true;
  }
  return any ? put_text(out, "\r\n") : out;
}

std::size_t CookieJar::header_max() const {
  std::size_t size = cookie_prefix.size() + 2;
  for (const Cookie& cookie : cookies_) size += cookie.name.size() + cookie.value.size() + 3;
  return size;
}

std::string_view cookie_value(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    std::string_view line = take_part(lines, '\n');
    std::string_view value = take_part(line, ';');
    const bool has_value = value.find('=') != std::string_view::npos;
    if (has_value && take_part(value, '=') == name) return value.empty() ? std::string_view("") : value;
  }
  return {};
}

}  // namespace sagactl
