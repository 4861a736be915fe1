#include "server/ports/saga_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/saga/text_template.hpp"

namespace sagactl {

KeyDigest digest_of_saga_key(std::string_view definition, std::string_view key) {
  return digest_of_claim(fmt::format("{}{} {}", saga_claim_prefix, definition, key));
}

std::vector<std::pair<std::string, std::string>> search_values(const Saga& saga) {
  std::vector<std::pair<std::string, std::string>> values;
  if (!saga.own_definition || saga.own_definition->search.empty()) return values;
  const Json input = read_json(saga.input);
  for (const std::string& path : saga.own_definition->search) {
    const auto is_same = [&](const auto& each) { return each.first == path; };
    if (std::any_of(values.begin(), values.end(), is_same)) continue;
    const Json* value = find_member(input, split(path, '.'), 0);
    if (!value || value->is_structured()) continue;
    values.emplace_back(path, value->is_string() ? value->get<std::string>() : json_text(*value));
  }
  return values;
}

KeyDigest search_key(std::string_view definition, std::string_view path, std::string_view value) {
  return digest_of_claim(fmt::format("search {} {}:{} {}", definition, path.size(), path, value));
}

}  // namespace sagactl
