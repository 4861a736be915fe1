#include "server/adapters/participants/http_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

enum WantedHeader : std::size_t { retry_after_header, location_header, keep_alive_header };

constexpr std::int64_t seconds_max = 365 * 86'400;  // a year: whoever says more means "not soon"

std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_too_large = read.ec == std::errc::result_out_of_range;
  if ((read.ec != std::errc() && !is_too_large) || read.ptr != text.data() + text.size() || text.starts_with('-'))
    return std::nullopt;
  return is_too_large ? seconds_max : std::min(number, seconds_max);
}

// Of "Wed, 21 Oct 2026 07:28:00 GMT", the one form that HTTP lets be written.
std::optional<Timestamp> read_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(26) != "GMT") return std::nullopt;
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  if (month == months.end()) return std::nullopt;
  const std::string number = std::to_string(month - months.begin() + 1);
  std::string iso(text.substr(12, 4));
  iso.append("-").append(number.size() == 1 ? "0" : "").append(number).append("-").append(text.substr(5, 2));
  iso.append("T").append(text.substr(17, 8)).append("Z");
  const auto at = parse_iso8601(iso);
  return at ? std::optional<Timestamp>(*at) : std::nullopt;
}

}  // namespace

const std::vector<std::string>& answer_headers() {
  static const std::vector<std::string> names = {"retry-after", "location", "keep-alive"};
  return names;
}

std::optional<Duration> read_retry_after(std::string_view text, Timestamp now) {
  if (const auto seconds = read_number(trim(text))) return Duration{*seconds * 1'000'000};
  const auto at = read_http_date(trim(text));
  if (!at) return std::nullopt;
  return std::clamp(*at - now, Duration{0}, Duration{seconds_max * 1'000'000});
}

std::optional<Duration> kept_for_by(const AnswerReader& answer) {
  const std::string& text = answer.headers()[keep_alive_header];
  const auto at = text.find("timeout=");
  if (at == std::string::npos) return std::nullopt;
  const auto seconds = read_number(text.substr(at + 8, text.find_first_of(", ;", at + 8) - at - 8));
  return seconds ? std::optional<Duration>(Duration{*seconds * 1'000'000}) : std::nullopt;
}

ParticipantAnswer read_http_answer(AnswerReader& answer, const Clock& clock) {
  ParticipantAnswer out;
  out.status = answer.status();
  out.body = answer.take_body();
  out.location = answer.headers()[location_header];
  const std::string& retry_after = answer.headers()[retry_after_header];
  if (!retry_after.empty()) out.retry_after = read_retry_after(retry_after, clock.now());
  return out;
}

}  // namespace sagactl
