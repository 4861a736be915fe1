// Checks an input by a schema. Its work is bounded: by the depth of nesting, and by the number of schemas applied.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>
#include <utility>

#include "common/id.hpp"
#include "common/text/text.hpp"
#include "server/definitions/input_schema.hpp"
#include "server/definitions/members.hpp"
#include "server/definitions/multiple_of.hpp"

namespace sagactl {
namespace {

constexpr std::size_t input_problems_max = 20;
constexpr std::size_t nesting_max = 200;  // schemas within one another
constexpr std::size_t work_max = 100'000;

bool is_whole(const Json& value) {
  if (!value.is_number_float()) return value.is_number();
  return value.get<double>() == std::floor(value.get<double>());
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  if (type == "integer") return is_whole(value);
  if (type == "boolean") return value.is_boolean();
  return value.is_null();
}

// Whether a < b, exact for all integers.
bool is_below(const Json& a, const Json& b) {
  if (a.is_number_float() || b.is_number_float()) return a.get<double>() < b.get<double>();
  if (a.is_number_unsigned() && b.is_number_unsigned()) return a.get<std::uint64_t>() < b.get<std::uint64_t>();
  if (a.is_number_unsigned()) return std::cmp_less(a.get<std::uint64_t>(), b.get<std::int64_t>());
  if (b.is_number_unsigned()) return std::cmp_less(a.get<std::int64_t>(), b.get<std::uint64_t>());
  return a.get<std::int64_t>() < b.get<std::int64_t>();
}

bool are_digits_at(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i]) return false;
  return true;
}

int number_at(std::string_view text, std::size_t begin, std::size_t size) {
  int number = 0;
  for (const char c : text.substr(begin, size)) number = number * 10 + (c - '0');
  return number;
}

bool is_date(std::string_view text) {
  if (!are_digits_at(text, "0000-00-00")) return false;
  const std::chrono::year_month_day date{std::chrono::year{number_at(text, 0, 4)},
                                         std::chrono::month{static_cast<unsigned>(number_at(text, 5, 2))},
                                         std::chrono::day{static_cast<unsigned>(number_at(text, 8, 2))}};
  return date.ok();
}

// RFC 3339, section 5.6. A leap second is right at any minute.
bool is_date_time(std::string_view text) {
  if (text.size() < 20 || !is_date(text.substr(0, 10)) || (text[10] != 'T' && text[10] != 't')) return false;
  if (!are_digits_at(text.substr(11, 8), "00:00:00")) return false;
  if (number_at(text, 11, 2) > 23 || number_at(text, 14, 2) > 59 || number_at(text, 17, 2) > 60) return false;
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) {
    const auto end = rest.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return false;
    rest.remove_prefix(end);
  }
  if (rest == "Z" || rest == "z") return true;
  if (!rest.starts_with('+') && !rest.starts_with('-')) return false;
  return are_digits_at(rest.substr(1), "00:00") && number_at(rest, 1, 2) <= 23 && number_at(rest, 4, 2) <= 59;
}

bool has_format(const std::string& text, std::string_view format) {
  if (format == "date") return is_date(text);
  if (format == "date-time") return is_date_time(text);
  return Uuid::parse(text).has_value();
}

// Also of what looks like a reference and is none, such as a member of an example: it may lead nowhere.
void collect_references(const Json& root, const Json& at, SchemaReferences& out) {
  if (!at.is_structured()) return;
  for (const auto& [name, value] : at.items()) {
    collect_references(root, value, out);
    if (name != "$ref" || !value.is_string() || !value.get_ref<const std::string&>().starts_with('#')) continue;
    try {
      const Json::json_pointer target(value.get_ref<const std::string&>().substr(1));
      if (root.contains(target)) out.try_emplace(value.get<std::string>(), &root.at(target));
    } catch (const Json::exception&) {
    }
  }
}

class SchemaValidation {
 public:
  SchemaValidation(const Json& root, const SchemaReferences& references) : root_(root), references_(references) {}

  std::vector<SchemaProblem> run(const Json& input) {
    apply(root_, input, "");
    if (is_too_much_) problems_ = {{"", "the input takes too long to check, or is nested too deeply", {}}};
    return std::move(problems_);
  }

 private:
  // Whether the value is right by the schema. Problems are recorded unless this is one of several ways to be right.
  bool apply(const Json& schema, const Json& value, const std::string& path) {
    if (schema.is_boolean()) return schema.get<bool>() || wrong(path, "is not allowed");
    charge(1);
    if (depth_ >= nesting_max) is_too_much_ = true;
    if (is_too_much_) return false;
    ++depth_;
    bool is_right = true;
    for (const auto& [name, rule] : schema.items()) is_right &= keyword(schema, name, rule, value, path);
    --depth_;
    return is_right;
  }

  bool quietly(const Json& schema, const Json& value, const std::string& path) {
    ++quiet_;
    const bool is_right = apply(schema, value, path);
    --quiet_;
    return is_right;
  }

  // Counts work, of which a unit takes about as long as to apply a schema.
  void charge(std::size_t units) {
    work_ += units;
    if (work_ > work_max) is_too_much_ = true;
  }
  std::string text_to_compare(const Json& value) {
    std::string text = equality_text(value);
    charge(text.size() / 32);
    return text;
  }

  bool wrong(const std::string& path, std::string message) {
    if (quiet_ == 0 && problems_.size() < input_problems_max) problems_.push_back({path, std::move(message), {}});
    return false;
  }

  bool keyword(const Json& schema, const std::string& name, const Json& rule, const Json& value,
               const std::string& path) {
    if (name == "type") return type(rule, value, path);
    if (name == "enum") return one_of_values(rule, value, path);
    if (name == "const")
      return text_to_compare(rule) == text_to_compare(value) ||
             wrong(path, fmt::format("has to be {}", json_text(rule)));
    if (name == "$ref" || name == "allOf" || name == "anyOf" || name == "oneOf" || name == "not" || name == "if")
      return combination(schema, name, rule, value, path);
    if (value.is_object()) return object(schema, name, rule, value, path);
    if (value.is_array()) return list(schema, name, rule, value, path);
    if (value.is_string()) return text(name, rule, value, path);
    if (value.is_number()) return number(name, rule, value, path);
    return true;
  }

  bool type(const Json& rule, const Json& value, const std::string& path) {
    if (rule.is_string())
      return has_type(value, rule.get_ref<const std::string&>()) ||
             wrong(path, fmt::format("has to be of the type {}", rule.get_ref<const std::string&>()));
    const bool is_right = std::any_of(rule.begin(), rule.end(), [&](const Json& each) {
      return has_type(value, each.get_ref<const std::string&>());
    });
    return is_right || wrong(path, fmt::format("has to be of one of the types {}", json_text(rule)));
  }

  bool one_of_values(const Json& rule, const Json& value, const std::string& path) {
    const std::string text = text_to_compare(value);
    const bool is_right =
        std::any_of(rule.begin(), rule.end(), [&](const Json& each) { return text_to_compare(each) == text; });
    return is_right || wrong(path, fmt::format("has to be one of {}", json_text(rule)));
  }

  bool combination(const Json& schema, const std::string& name, const Json& rule, const Json& value,
                   const std::string& path) {
    if (name == "$ref") return apply(*references_.at(rule.get_ref<const std::string&>()), value, path);
    if (name == "allOf") {
      bool is_right = true;
      for (const Json& each : rule) is_right &= apply(each, value, path);
      return is_right;
    }
    if (name == "not") return !quietly(rule, value, path) || wrong(path, "is what `not` forbids");
    if (name == "if") {
      const auto next = schema.find(quietly(rule, value, path) ? "then" : "else");
      return next == schema.end() || apply(*next, value, path);
    }
    const auto right =
        std::count_if(rule.begin(), rule.end(), [&](const Json& each) { return quietly(each, value, path); });
    if (name == "anyOf") return right > 0 || wrong(path, "is none of what `anyOf` allows");
    return right == 1 || wrong(path, right == 0 ? "is none of what `oneOf` allows" : "is more than one of `oneOf`");
  }

  bool object(const Json& schema, const std::string& name, const Json& rule, const Json& value,
              const std::string& path) {
    bool is_right = true;
    charge(rule.size() * value.size() / 64);
    if (name == "properties") {
      for (const auto& [member, each] : rule.items())
        if (const auto found = value.find(member); found != value.end())
          is_right &= apply(each, *found, below(path, member));
    } else if (name == "required") {
      for (const Json& member : rule)
        if (!value.contains(member.get_ref<const std::string&>()))
          is_right = wrong(path, fmt::format("needs the member `{}`", member.get_ref<const std::string&>()));
    } else if (name == "additionalProperties") {
      is_right = additional(schema, rule, value, path);
    } else if (name == "propertyNames") {
      for (const auto& [member, each] : value.items())
        if (!quietly(rule, Json(member), path)) is_right = wrong(path, fmt::format("`{}` is no name allowed", member));
    } else if (name == "dependentRequired") {
      for (const auto& [member, others] : rule.items())
        for (const Json& other : others)
          if (value.contains(member) && !value.contains(other.get_ref<const std::string&>()))
            is_right =
                wrong(path, fmt::format("has `{}` and so needs `{}`", member, other.get_ref<const std::string&>()));
    } else if (name == "minProperties") {
      return value.size() >= rule || wrong(path, fmt::format("has fewer members than {}", json_text(rule)));
    } else if (name == "maxProperties") {
      return value.size() <= rule || wrong(path, fmt::format("has more members than {}", json_text(rule)));
    }
    return is_right;
  }

  bool additional(const Json& schema, const Json& rule, const Json& value, const std::string& path) {
    const auto properties = schema.find("properties");
    if (properties != schema.end()) charge(properties->size() * value.size() / 64);
    bool is_right = true;
    for (const auto& [member, each] : value.items()) {
      if (properties != schema.end() && properties->contains(member)) continue;
      if (rule == Json(false))
        is_right = wrong(below(path, member), "is no member that the schema allows");
      else
        is_right &= apply(rule, each, below(path, member));
    }
    return is_right;
  }

  bool list(const Json& schema, const std::string& name, const Json& rule, const Json& value, const std::string& path) {
    const auto item = [&](std::size_t i) { return path + "/" + std::to_string(i); };
    bool is_right = true;
    if (name == "prefixItems") {
      for (std::size_t i = 0; i < rule.size() && i < value.size(); ++i) is_right &= apply(rule[i], value[i], item(i));
    } else if (name == "items") {
      const auto prefix = schema.find("prefixItems");
      for (std::size_t i = prefix == schema.end() ? 0 : prefix->size(); i < value.size(); ++i)
        is_right &= apply(rule, value[i], item(i));
    } else if (name == "contains") {
      return std::any_of(value.begin(), value.end(), [&](const Json& each) { return quietly(rule, each, path); }) ||
             wrong(path, "has no item that `contains` asks for");
    } else if (name == "minItems") {
      return value.size() >= rule || wrong(path, fmt::format("has fewer items than {}", json_text(rule)));
    } else if (name == "maxItems") {
      return value.size() <= rule || wrong(path, fmt::format("has more items than {}", json_text(rule)));
    } else if (name == "uniqueItems" && rule == Json(true)) {
      std::set<std::string> seen;
      for (std::size_t i = 0; i < value.size(); ++i)
        if (!seen.insert(text_to_compare(value[i])).second) is_right = wrong(item(i), "stands in the list before");
    }
    return is_right;
  }

  bool text(const std::string& name, const Json& rule, const Json& value, const std::string& path) {
    const std::string& text = value.get_ref<const std::string&>();
    charge(text.size() / 64);
    if (name == "minLength")
      return utf8_length(text) >= rule || wrong(path, fmt::format("has fewer characters than {}", json_text(rule)));
    if (name == "maxLength")
      return utf8_length(text) <= rule || wrong(path, fmt::format("has more characters than {}", json_text(rule)));
    if (name == "format")
      return has_format(text, rule.get_ref<const std::string&>()) ||
             wrong(path, fmt::format("is no {}", rule.get_ref<const std::string&>()));
    return true;
  }

  bool number(const std::string& name, const Json& rule, const Json& value, const std::string& path) {
    const auto need = [&](bool is_right, std::string_view what) {
      return is_right || wrong(path, fmt::format("has to be {} {}", what, json_text(rule)));
    };
    if (name == "minimum") return need(!is_below(value, rule), "at least");
    if (name == "maximum") return need(!is_below(rule, value), "at most");
    if (name == "exclusiveMinimum") return need(is_below(rule, value), "above");
    if (name == "exclusiveMaximum") return need(is_below(value, rule), "below");
    if (name == "multipleOf") return need(is_multiple_of(value, rule), "a multiple of");
    return true;
  }

  const Json& root_;
  const SchemaReferences& references_;
  std::vector<SchemaProblem> problems_;
  std::size_t depth_ = 0, work_ = 0, quiet_ = 0;
  bool is_too_much_ = false;
};

}  // namespace

InputSchema::InputSchema(Json schema) : schema_(std::move(schema)) {
  collect_references(schema_, schema_, references_);
}

std::vector<SchemaProblem> InputSchema::validate(const Json& input) const {
  return SchemaValidation(schema_, references_).run(input);
}

}  // namespace sagactl
