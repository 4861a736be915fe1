// Commands and their flags. Values are parsed by this project's own parsers, so that the error for a wrong value names
// a right one. CLI11 is large: it is included here in flag.cpp and where the tree of commands is walked, and in no
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

// Adds a subcommand to `parent`, listed in its help under the heading `group`; hidden when that is empty.
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& help,
                      const std::string& group = "Commands");
// Adds a command that only groups subcommands: one of them is required.
CLI::App* add_command_group(CLI::App& parent, const std::string& name, const std::string& help,
                            const std::string& group = "Commands");
// The heading in the help of the flags that are added from now on. "": that of everyday flags, which stand first.
void set_heading(CLI::App& app, const std::string& heading);
// Moves flags that were added before below the heading of everyday flags.
void show_first(CLI::App& app, const std::vector<std::string>& names);
// Text at the end of the command's help.
void set_footer(CLI::App& app, const std::string& text);
// Command lines at the end of the command's help, after the footer.
void set_examples(CLI::App& app, const std::vector<std::string>& lines);
// Runs `action` as soon as the command line is parsed, before the environment and the files supply missing flags.
void when_parsed(CLI::App& app, std::function<void()> action);
// The values that the command line gave for a flag; empty when it gave none.
std::vector<std::string> values_of(const CLI::App& app, const std::string& name);

// A flag or a positional argument that was added to a command. The command owns it.
class Flag {
 public:
  explicit Flag(CLI::Option* option) : option_(option) {}
  Flag required() const;
  Flag repeatable(int max) const;           // may be given up to `max` times, with one value each time
  Flag takes(int min, int max) const;       // number of values after the flag
  Flag separated_by(char separator) const;  // several values in one word
  Flag only_with(Flag other) const;
  Flag in_group(const std::string& name) const;  // its heading in the help
  const CLI::Option* option() const { return option_; }

 private:
  CLI::Option* option_;
};

// `type` is the placeholder in the help: "FILE", or the choices as "a|b|c".
Flag add_text(CLI::App& app, const std::string& names, std::string& value, const std::string& type,
              const std::string& help);
Flag add_text(CLI::App& app, const std::string& names, std::optional<std::string>& value, const std::string& type,
              const std::string& help);
Flag add_text(CLI::App& app, const std::string& names, std::vector<std::string>& values, const std::string& type,
              const std::string& help);
// A flag without a value: true when it is given.
Flag add_switch(CLI::App& app, const std::string& names, bool& value, const std::string& help);

// `set` is called with each value; its error becomes a usage error that names the flag.
Flag add_flag_with(CLI::App& app, const std::string& names, std::function<Result<void>(const std::string&)> set,
                   const std::string& type, const std::string& help);

// Assigns what `parse` returns for the text: a Result of something that `value` can be assigned from.
template <class Value, class Parse>
Flag add_parsed(CLI::App& app, const std::string& names, Value& value, Parse parse, const std::string& type,
                const std::string& help) {
  const auto set = [&value, parse](const std::string& text) -> Result<void> {
    auto parsed = parse(text);
    if (!parsed) return parsed.error();
    value = *std::move(parsed);
    return {};
  };
  return add_flag_with(app, names, set, type, help);
}

// Seconds, minutes and hours, with or without a fraction: 500ms, 10s, 5m, 1h. `Value` is Duration or an optional of it.
template <class Value>
Flag add_duration(CLI::App& app, const std::string& names, Value& value, const std::string& help) {
  return add_parsed(
      app, names, value, [](const std::string& text) { return parse_duration(text); }, "DURATION", help);
}

Result<double> parse_rate(std::string_view text);   // "200/s", "12000/m", "7200/h", or a number per second
Result<double> parse_ratio(std::string_view text);  // from 0 to 1; "80%" is 0.8
Result<std::int64_t> parse_whole_number(std::string_view text, std::int64_t min, std::int64_t max);

// The value of a flag that takes a time, or a duration before `now`; nothing for an empty text. An error names the
// flag.
Result<std::optional<Timestamp>> parse_when(const char* flag, const std::string& text, Timestamp now);

// `Value` is double or an optional of it.
template <class Value>
Flag add_rate(CLI::App& app, const std::string& names, Value& value, const std::string& help) {
  return add_parsed(app, names, value, parse_rate, "RATE", help);
}
template <class Value>
Flag add_ratio(CLI::App& app, const std::string& names, Value& value, const std::string& help) {
  return add_parsed(app, names, value, parse_ratio, "RATIO", help);
}

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

// Usage error for a word that is not among the choices.
Error not_one_of(std::string_view word, const std::vector<std::string>& choices);

// All spellings of an enum, in their order.
template <class E>
std::vector<std::string> choices_of() {
  return {std::begin(Spelling<E>::names), std::end(Spelling<E>::names)};
}

// An enum with a Spelling.
template <class E>
Flag add_choice(CLI::App& app, const std::string& names, E& value, const std::string& help) {
  const auto parse = [](const std::string& text) -> Result<E> {
    if (const auto known = from_string<E>(text)) return *known;
    return not_one_of(text, choices_of<E>());
  };
  return add_parsed(app, names, value, parse, join(choices_of<E>(), "|"), help);
}

}  // namespace sagactl
