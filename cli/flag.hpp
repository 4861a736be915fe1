// Flags whose values are read by this project's own parsers, so that a wrong value is answered with what
// would be right.
#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/spelling.hpp"
#include "common/text.hpp"
#include "common/time.hpp"

namespace sagactl {

// `set` is called with each value; an error becomes a usage error that names the flag. `type` stands in the
// help: "DURATION", or the choices as "a|b|c".
CLI::Option* add_flag_with(CLI::App& app, const std::string& names,
                           std::function<Result<void>(const std::string&)> set, const std::string& type,
                           const std::string& help);

CLI::Option* add_duration(CLI::App& app, const std::string& names, Duration& value, const std::string& help);
CLI::Option* add_duration(CLI::App& app, const std::string& names, std::optional<Duration>& value,
                          const std::string& help);
// "200/s", "12000/m", or a bare number per second.
CLI::Option* add_rate(CLI::App& app, const std::string& names, std::optional<double>& value,
                      const std::string& help);
// From 0 to 1; "80%" is 0.8.
CLI::Option* add_share(CLI::App& app, const std::string& names, double& value, const std::string& help);
CLI::Option* add_share(CLI::App& app, const std::string& names, std::optional<double>& value, const std::string& help);

Result<double> parse_rate(std::string_view text);
Result<double> parse_share(std::string_view text);
Result<std::int64_t> parse_whole_number(std::string_view text, std::int64_t min, std::int64_t max);

// `T` is an integer or an optional of one.
template <class T>
CLI::Option* add_number(CLI::App& app, const std::string& names, T& value, std::int64_t min, std::int64_t max,
                        const std::string& help) {
  const auto set = [&value, min, max](const std::string& text) -> Result<void> {
    auto number = parse_whole_number(text, min, max);
    if (!number) return number.error();
    if constexpr (requires { typename T::value_type; })
      value = static_cast<typename T::value_type>(*number);
    else
      value = static_cast<T>(*number);
    return {};
  };
  return add_flag_with(app, names, set, "N", help);
}

// An enum with a Spelling; "-" may stand for "_".
template <class E>
CLI::Option* add_choice(CLI::App& app, const std::string& names, E& value, const std::string& help) {
  std::vector<std::string> words;
  for (const std::string_view name : Spelling<E>::names) words.emplace_back(name);
  const auto set = [&value, words](const std::string& text) -> Result<void> {
    if (const auto known = from_string<E>(text)) {
      value = *known;
      return {};
    }
    return Error{ErrorCode::invalid, "'" + text + "' is none of " + join(words, ", ")};
  };
  return add_flag_with(app, names, set, join(words, "|"), help);
}

}  // namespace sagactl
