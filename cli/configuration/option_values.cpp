#include "cli/configuration/option_values.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "common/text/text.hpp"

namespace sagactl {

std::string long_name(const CLI::Option& option) {
  const auto& names = option.get_lnames();
  return names.empty() ? std::string() : names.front();
}

Result<void> set_option(CLI::Option& option, const std::vector<std::string>& values) {
  try {
    option.clear();
    for (const std::string& value : values) option.add_result(value);
    option.run_callback();
  } catch (const CLI::ConversionError&) {
    option.clear();
    return Error{ErrorCode::invalid,
                 fmt::format("{}: '{}' is not true or false", option.get_name(), join(values, " "))};
  } catch (const CLI::Error& error) {
    option.clear();
    return Error{ErrorCode::invalid, error.what()};
  }
  return {};
}

}  // namespace sagactl
