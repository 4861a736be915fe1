#include "server/adapters/postgres/refusal.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "server/adapters/postgres/failure.hpp"

namespace sagactl::postgres {
namespace {

constexpr std::size_t state_length = 5;
constexpr std::string_view not_let_in = "28000";  // no line of pg_hba.conf fits, as for a try without TLS

// Every "FATAL:  28P01" in it.
std::vector<std::string> states_in(const std::string& message) {
  const auto is_of_state = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  constexpr std::string_view mark = ":  ";
  std::vector<std::string> states;
  for (std::size_t at = message.find(mark); at != std::string::npos; at = message.find(mark, at + 1)) {
    const std::string state = message.substr(at + mark.size(), state_length);
    const std::size_t end = at + mark.size() + state_length;
    const bool ends = end >= message.size() || message[end] == ' ' || message[end] == '\n';
    if (state.size() == state_length && ends && std::all_of(state.begin(), state.end(), is_of_state))
      states.push_back(state);
  }
  return states;
}

}  // namespace

std::string state_of_refusal(const std::string& message) {
  const std::vector<std::string> states = states_in(message);
  if (states.empty()) return std::string(state_cannot_connect);
  const auto telling = std::find_if(states.begin(), states.end(), [](const auto& s) { return s != not_let_in; });
  return telling == states.end() ? states.back() : *telling;
}

bool is_about_tls(std::string_view message) {
  constexpr std::array<std::string_view, 4> words = {"SSL", "certificate", "sslmode", "private key"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return message.find(word) != std::string_view::npos; });
}

}  // namespace sagactl::postgres
