#include "cli/loadtest/init/choose_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/loadtest/init/graphql_request.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t shown_max = 12;  // of the others

bool writes(const RecordedRequest& request) {
  if (!request.graphql.query.empty()) return is_mutation(request.graphql.query);
  return request.method == "POST" || request.method == "PUT";
}

// Paths with ids, or parameters, are about something that exists.
bool names_something(const std::string& path) {
  for (const std::string& segment : split(path.substr(0, path.find('?')), '/')) {
    const bool has_digit = segment.find_first_of("0123456789") != std::string::npos;
    const bool is_version = segment.size() <= 3 && segment.starts_with('v');
    if ((has_digit && !is_version) || segment.find('{') != std::string::npos) return true;
  }
  return false;
}

bool has_any(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

int likeness_to_an_order(const RecordedRequest& request) {
  const std::string path = lower(path_of_recorded(request));
  const std::string text = path + " " + lower(request.name);
  if (has_any(text, {"login", "log-in", "signin", "sign-in", "auth", "token", "session", "register", "signup"}))
    return -1;
  int likeness = 0;
  if (has_any(text, {"order", "purchase", "checkout", "booking", "reservation"})) likeness += 8;
  if (has_any(text, {"payment", "charge", "buy", "place"})) likeness += 4;
  if (has_any(text, {"cancel", "refund", "confirm", "undo"})) likeness /= 4;
  if (names_something(path)) likeness /= 4;
  return likeness + (request.status == 201 ? 2 : 0);
}

std::size_t segments_of(const RecordedRequest& request) {
  const std::string path = path_of_recorded(request);
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

std::string listed(const Recording& recording, std::size_t left_out) {
  std::string text;
  std::size_t count = 0;
  for (std::size_t i = 0; i < recording.requests.size(); ++i) {
    if (i == left_out || !writes(recording.requests[i])) continue;
    if (++count > shown_max) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", i + 1, shown(recording.requests[i]));
  }
  if (count > shown_max) text += fmt::format(" and {} more", count - shown_max);
  return text;
}

Result<std::size_t> wanted_request(const Recording& recording, const std::string& wanted) {
  const auto& requests = recording.requests;
  const bool is_number = wanted.size() < 7 && wanted.find_first_not_of("0123456789") == std::string::npos;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::string path = path_of_recorded(requests[i]);
    const bool is_it = is_number ? std::to_string(i + 1) == wanted
                                 : requests[i].name == wanted || path == wanted ||
                                       fmt::format("{} {}", requests[i].method, path) == wanted;
    if (is_it && writes(requests[i])) return i;
    if (is_it && is_number)
      return Error{ErrorCode::invalid,
                   fmt::format("--request: {} is {}, which is no POST or PUT, so it creates nothing; there are {}",
                               wanted, shown(requests[i]), listed(recording, requests.size()))};
  }
  return Error{ErrorCode::invalid, fmt::format("--request: there is no POST or PUT '{}'; there are {}", wanted,
                                               listed(recording, requests.size()))};
}

}  // namespace

std::string path_of_recorded(const RecordedRequest& request) {
  const std::string& url = request.url;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url.starts_with('/') ? url : "/" + url;
  const std::size_t path = url.find_first_of("/?", scheme + 3);
  if (path == std::string::npos) return "/";
  const std::string rest = url.substr(path, url.find('#', path) - path);
  return rest.front() == '/' ? rest : "/" + rest;
}

std::string shown(const RecordedRequest& request) {
  constexpr std::size_t path_shown = 60;
  const std::string path = path_of_recorded(request);
  const std::string call = fmt::format("{} {}", request.method, path.substr(0, std::min(path.find('?'), path_shown)));
  return request.name.empty() ? call : fmt::format("{} ({})", request.name, call);
}

Result<std::size_t> creating_request(const Recording& recording, const std::string& wanted) {
  const auto& requests = recording.requests;
  if (std::none_of(requests.begin(), requests.end(), writes))
    return Error{ErrorCode::invalid, "there is no POST or PUT in it, so nothing that could create an order"};
  if (!wanted.empty()) return wanted_request(recording, wanted);
  std::size_t best = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!writes(requests[i])) continue;
    if (best == requests.size()) {
      best = i;
      continue;
    }
    const int more = likeness_to_an_order(requests[i]) - likeness_to_an_order(requests[best]);
    const bool is_shorter = segments_of(requests[i]) < segments_of(requests[best]);
    if (more > 0 || (more == 0 && (!recording.are_alternatives || is_shorter))) best = i;
  }
  return best;
}

std::string choice_text(const Recording& recording, std::size_t creating) {
  const std::string others = listed(recording, creating);
  if (others.empty()) return {};
  const char* doubt = likeness_to_an_order(recording.requests[creating]) <= 0 ? ", as none looks like an order" : "";
  return fmt::format("request {} of {}, {}, is taken as the one that creates the order{}; --request takes another: {}",
                     creating + 1, recording.requests.size(), shown(recording.requests[creating]), doubt, others);
}

}  // namespace sagactl
