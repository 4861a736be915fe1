// Commands and their flags. Values are read by this project's own parsers, so that a wrong one is answered with what
// would be right. CLI11, which is large, is compiled where this is implemented and where its tree is walked, and in no
// command.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "common/text/text.hpp"
#include "common/time.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sagactl {

// Below `parent`; in the help it stands under the heading `group`.
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& help,
                      const std::string& group = "");
// The same, and one of its commands must follow.
CLI::App* add_command_group(CLI::App& parent, const std::string& name, const std::string& help,
                            const std::string& group = "");
// The last lines of its help.
void set_footer(CLI::App& app, const std::string& text);
// `action` follows the command line's values at once, before the environment and the files fill in what was left out.
void when_parsed(CLI::App& app, std::function<void()> action);
// What the command line gave for a flag; empty when nothing.
std::vector<std::string> values_of(const CLI::App& app, const std::string& name);

// A flag that was added, or an argument without a name. The command owns it.
class Flag {
 public:
  explicit Flag(CLI::Option* option) : option_(option) {}
  Flag required() const;
  Flag repeatable(int max) const;           // so often, with one value each time
  Flag takes(int min, int max) const;       // so many values at once
  Flag separated_by(char separator) const;  // values in one word
  Flag only_with(Flag other) const;
  Flag in_group(const std::string& name) const;  // the heading above it in the help
  const CLI::Option* option() const { return option_; }

 private:
  CLI::Option* option_;
};

// `type` stands in the help: "FILE", or the choices as "a|b|c".
Flag add_text(CLI::App& app, const std::string& names, std::string& value, const std::string& type,
              const std::string& help);
Flag add_text(CLI::App& app, const std::string& names, std::optional<std::string>& value, const std::string& type,
              const std::string& help);
Flag add_text(CLI::App& app, const std::string& names, std::vector<std::string>& values, const std::string& type,
              const std::string& help);
// Without a value: true when it is there.
Flag add_switch(CLI::App& app, const std::string& names, bool& value, const std::string& help);

// `set` is called with each value; an error becomes a usage error that names the flag.
Flag add_flag_with(CLI::App& app, const std::string& names, std::function<Result<void>(const std::string&)> set,
                   const std::string& type, const std::string& help);

Flag add_duration(CLI::App& app, const std::string& names, Duration& value, const std::string& help);
Flag add_duration(CLI::App& app, const std::string& names, std::optional<Duration>& value, const std::string& help);
// "200/s", "12000/m", or a bare number per second.
Flag add_rate(CLI::App& app, const std::string& names, std::optional<double>& value, const std::string& help);
// From 0 to 1; "80%" is 0.8.
Flag add_share(CLI::App& app, const std::string& names, double& value, const std::string& help);
Flag add_share(CLI::App& app, const std::string& names, std::optional<double>& value, const std::string& help);

Result<double> parse_rate(std::string_view text);
Result<double> parse_share(std::string_view text);
Result<std::int64_t> parse_whole_number(std::string_view text, std::int64_t min, std::int64_t max);

// `T` is an integer or an optional of one.
template <class T>
Flag add_number(CLI::App& app, const std::string& names, T& value, std::int64_t min, std::int64_t max,
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
Flag add_choice(CLI::App& app, const std::string& names, E& value, const std::string& help) {
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
