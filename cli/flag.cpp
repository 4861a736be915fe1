#include "cli/flag.hpp"
#include "common/text/number.hpp"

#include <CLI/CLI.hpp>
#include <memory>

namespace sagactl {
namespace {

Result<double> parse_decimal(std::string_view text) {
  const auto number = parse_number<double>(text);
  if (!number || !(*number >= 0) || *number > 1e12)
    return Error{ErrorCode::invalid, "'" + std::string(text) + "' is not a number"};
  return *number;
}

constexpr const char* first_heading = "Options";  // CLI11's own, which the help shows as "Flags"

std::string first_name(const CLI::Option& option) {
  const auto& names = option.get_lnames();
  return names.empty() ? option.get_name() : "--" + names.front();
}

}  // namespace

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& help, const std::string& group) {
  CLI::App* app = parent.add_subcommand(name, help)->group(group);
  app->footer("");  // not that of the command above it, which CLI11 hands down
  return app;
}

CLI::App* add_command_group(CLI::App& parent, const std::string& name, const std::string& help,
                            const std::string& group) {
  return add_command(parent, name, help, group)->require_subcommand(1);
}

void set_heading(CLI::App& app, const std::string& heading) {
  app.option_defaults()->group(heading.empty() ? first_heading : heading);
}

void show_first(CLI::App& app, const std::vector<std::string>& names) {
  for (const std::string& name : names) app.get_option(name)->group(first_heading);
}

void set_footer(CLI::App& app, const std::string& text) {
  app.footer(text);
}

void set_examples(CLI::App& app, const std::vector<std::string>& lines) {
  std::string text = app.get_footer();
  text += text.empty() ? "Examples:" : "\n\nExamples:";
  for (const std::string& line : lines) text += "\n  " + line;
  app.footer(text);
}

void when_parsed(CLI::App& app, std::function<void()> action) {
  app.final_callback(std::move(action));
}

std::vector<std::string> values_of(const CLI::App& app, const std::string& name) {
  const CLI::Option* option = app.get_option(name);
  return option->count() > 0 ? option->results() : std::vector<std::string>{};
}

Flag Flag::required() const {
  return Flag(option_->required());
}

Flag Flag::repeatable(int max) const {
  return Flag(option_->expected(1, max)->allow_extra_args(false));
}

Flag Flag::takes(int min, int max) const {
  return Flag(option_->expected(min, max));
}

Flag Flag::separated_by(char separator) const {
  return Flag(option_->delimiter(separator));
}

Flag Flag::only_with(Flag other) const {
  return Flag(option_->needs(other.option_));
}

Flag Flag::in_group(const std::string& name) const {
  return Flag(option_->group(name));
}

Flag add_text(CLI::App& app, const std::string& names, std::string& value, const std::string& type,
              const std::string& help) {
  return Flag(app.add_option(names, value, help)->type_name(type));
}

Flag add_text(CLI::App& app, const std::string& names, std::optional<std::string>& value, const std::string& type,
              const std::string& help) {
  return Flag(app.add_option(names, value, help)->type_name(type));
}

Flag add_text(CLI::App& app, const std::string& names, std::vector<std::string>& values, const std::string& type,
              const std::string& help) {
  return Flag(app.add_option(names, values, help)->type_name(type));
}

Flag add_switch(CLI::App& app, const std::string& names, bool& value, const std::string& help) {
  return Flag(app.add_flag(names, value, help));
}

Flag add_flag_with(CLI::App& app, const std::string& names, std::function<Result<void>(const std::string&)> set,
                   const std::string& type, const std::string& help) {
  // The callback needs the option, which exists only after it was added with the callback.
  auto option = std::make_shared<CLI::Option*>(nullptr);
  const CLI::callback_t callback = [set = std::move(set), option](const CLI::results_t& values) {
    for (const std::string& value : values) {
      const Result<void> taken = set(value);
      if (!taken) throw CLI::ValidationError(first_name(**option), taken.error().message);
    }
    return true;
  };
  *option = app.add_option(names, callback, help)->type_name(type);
  return Flag(*option);
}

Result<double> parse_rate(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view unit = slash == std::string_view::npos ? "s" : text.substr(slash + 1);
  auto number = parse_decimal(text.substr(0, slash));
  const double seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (!number || seconds == 0 || *number <= 0)
    return Error{ErrorCode::invalid, "'" + std::string(text) + "' is not a rate such as 200/s or 5000/m"};
  return *number / seconds;
}

Result<double> parse_ratio(std::string_view text) {
  const bool percent = text.ends_with('%');
  auto number = parse_decimal(percent ? text.substr(0, text.size() - 1) : text);
  const double ratio = number ? *number / (percent ? 100 : 1) : -1;
  if (ratio < 0 || ratio > 1)
    return Error{ErrorCode::invalid, "'" + std::string(text) + "' is not a ratio from 0 to 1, such as 0.2 or 20%"};
  return ratio;
}

Result<std::int64_t> parse_whole_number(std::string_view text, std::int64_t min, std::int64_t max) {
  const auto number = parse_number<std::int64_t>(text);
  if (!number || *number < min || *number > max)
    return Error{ErrorCode::invalid, "'" + std::string(text) + "' is not a whole number from " + std::to_string(min) +
                                         " to " + std::to_string(max)};
  return *number;
}

Result<std::optional<Timestamp>> parse_when(const char* flag, const std::string& text, Timestamp now) {
  if (text.empty()) return std::optional<Timestamp>();
  if (const auto time = parse_iso8601(text)) return std::optional(*time);
  if (const auto ago = parse_duration(text)) return std::optional(now - *ago);
  return Error{ErrorCode::invalid, std::string(flag) + ": '" + text +
                                       "' is neither a time such as 2026-11-20T13:04:07Z nor a duration such as 10m"};
}

Error not_one_of(std::string_view word, const std::vector<std::string>& choices) {
  const std::string near = nearest(word, choices);
  return Error{ErrorCode::invalid, "'" + std::string(word) + "' is not one of " + join(choices, ", ") +
                                       (near.empty() ? "" : "; did you mean " + near + "?")};
}

}  // namespace sagactl
