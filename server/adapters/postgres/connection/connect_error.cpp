#include "server/adapters/postgres/connection/connect_error.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "common/text/text.hpp"
#include "server/adapters/postgres/connection/postgres_failure.hpp"

namespace sagactl::postgres {
namespace {

constexpr std::size_t state_length = 5;
constexpr std::string_view no_hba_entry = "28000";  // no line of pg_hba.conf matches, as for an attempt without TLS

constexpr std::string_view mark = ":  ";  // "FATAL:  28P01: password authentication failed ..."

// Whether there is a SQLSTATE at that position, after its mark.
bool is_state_at(std::string_view message, std::size_t begin) {
  const auto is_state_character = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  const std::string_view state = message.substr(std::min(begin, message.size()), state_length);
  const std::size_t end = begin + state_length;
  const bool ends = end >= message.size() || message[end] == ' ' || message[end] == '\n' || message[end] == ':';
  return state.size() == state_length && ends && std::all_of(state.begin(), state.end(), is_state_character);
}

std::vector<std::string> states_in(const std::string& message) {
  std::vector<std::string> states;
  for (std::size_t at = message.find(mark); at != std::string::npos; at = message.find(mark, at + 1))
    if (is_state_at(message, at + mark.size())) states.push_back(message.substr(at + mark.size(), state_length));
  return states;
}

}  // namespace

std::string readable_connect_error(std::string_view message) {
  std::string line;
  for (const std::string& each : split(message, '\n')) {
    const std::string_view text = trim(each);
    if (text.empty() || text.starts_with("LOCATION:")) continue;
    if (!line.empty()) line += ' ';
    line += text;
  }
  return line;
}

std::string without_sqlstates(std::string message) {
  for (std::size_t at = message.find(mark); at != std::string::npos; at = message.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    if (!is_state_at(message, begin)) continue;
    const bool has_text = message.substr(begin + state_length, 2) == ": ";
    message.erase(has_text ? begin - 1 : begin - mark.size() + 1, state_length + (has_text ? 3 : 2));
  }
  return message;
}

std::string sqlstate_of_connect_error(const std::string& message) {
  const std::vector<std::string> states = states_in(message);
  if (states.empty()) return std::string(state_cannot_connect);
  const auto specific = std::find_if(states.begin(), states.end(), [](const auto& s) { return s != no_hba_entry; });
  return specific == states.end() ? states.back() : *specific;
}

bool is_about_tls(std::string_view message) {
  constexpr std::array<std::string_view, 4> words = {"SSL", "certificate", "sslmode", "private key"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return message.find(word) != std::string_view::npos; });
}

}  // namespace sagactl::postgres
