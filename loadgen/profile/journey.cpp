#include "loadgen/profile/journey.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

void add_names(const std::vector<ValueSource>& sources, std::vector<std::string>& names) {
  for (const ValueSource& source : sources)
    if (std::find(names.begin(), names.end(), source.name) == names.end()) names.push_back(source.name);
}

}  // namespace

std::vector<std::string> kept_names(const Journey& journey, KeptScope scope) {
  std::vector<std::string> names;
  switch (scope) {
    case KeptScope::journey:
      names.emplace_back(to_string(TemplateField::order));
      for (const JourneyStep& step : journey.before) add_names(step.keep, names);
      add_names(journey.create_keep, names);
      for (const JourneyStep& step : journey.after) add_names(step.keep, names);
      break;
    case KeptScope::user:
      for (const JourneyStep& step : journey.log_in.requests) add_names(step.keep, names);
      break;
    case KeptScope::run:
      for (const JourneyStep& step : journey.set_up) add_names(step.keep, names);
      break;
  }
  return names;
}

std::optional<KeptPlace> find_kept(const Journey& journey, std::string_view name) {
  for (const KeptScope scope : {KeptScope::journey, KeptScope::user, KeptScope::run}) {
    const std::vector<std::string> names = kept_names(journey, scope);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return KeptPlace{scope, static_cast<std::size_t>(found - names.begin())};
  }
  return std::nullopt;
}

TemplateNames template_names(const Journey& journey) {
  TemplateNames names;
  for (const KeptScope scope : {KeptScope::journey, KeptScope::user, KeptScope::run})
    for (std::string& name : kept_names(journey, scope))
      if (name != to_string(TemplateField::order)) names.kept.push_back(std::move(name));
  for (const DataTable& table : journey.data) names.tables.push_back(table.name);
  return names;
}

const DataTable* find_table(const Journey& journey, std::string_view name) {
  for (const DataTable& table : journey.data)
    if (table.name == name) return &table;
  return nullptr;
}

const std::string* find_text(const Journey& journey, TemplateField field, std::string_view argument) {
  const std::string spelling = fmt::format("{}:{}", to_string(field), argument);
  for (const auto& [name, text] : journey.texts)
    if (name == spelling) return &text;
  return nullptr;
}

std::optional<std::string> constant_text(const Journey& journey, const std::string& text) {
  const auto pieces = parse_template(text, template_names(journey));
  if (!pieces) return std::nullopt;
  std::string filled;
  for (const TemplatePiece& piece : *pieces) {
    const bool is_text = piece.field == TemplateField::text;
    const std::string* const value = is_text ? &piece.text : find_text(journey, piece.field, piece.text);
    if (value == nullptr) return std::nullopt;
    filled += *value;
  }
  return filled;
}

}  // namespace sagactl
