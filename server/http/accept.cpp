#include "server/http/accept.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "common/text/text.hpp"

namespace sagactl::http {
namespace {

double weight_of(std::string_view range) {
  for (const std::string& part : split(range, ';')) {
    const std::string parameter = lower(trim(part));
    if (!parameter.starts_with("q=")) continue;
    double weight = 0;
    const char* const end = parameter.data() + parameter.size();
    const auto [at, failed] = std::from_chars(parameter.data() + 2, end, weight);
    return failed == std::errc() && at == end ? weight : 0;
  }
  return 1;
}

}  // namespace

std::optional<double> accepted_weight(std::string_view header, std::string_view name) {
  std::optional<double> weight;
  for (const std::string& range : split(header, ',')) {
    if (lower(trim(std::string_view(range).substr(0, range.find(';')))) != name) continue;
    weight = std::max(weight.value_or(0), weight_of(range));
  }
  return weight;
}

}  // namespace sagactl::http
