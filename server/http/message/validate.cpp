#include "server/http/message/validate.hpp"

#include <algorithm>
#include <cmath>

#include "common/text/text.hpp"

namespace sagactl::http {
namespace {

constexpr std::size_t faults_max = 100;
constexpr std::size_t email_length_max = 254;
constexpr std::size_t email_local_length_max = 64;
constexpr double exact_integer_max = 9007199254740992.0;  // 2^53
constexpr std::string_view not_a_number = " must be a number conforming to the specified constraints";
constexpr std::string_view below_zero = " must not be less than 0";
const Json absent;

std::string joined(std::string_view name, std::string_view rest) {
  std::string out;
  out.reserve(name.size() + rest.size());
  out += name;
  out += rest;
  return out;
}

bool is_domain(std::string_view domain) {
  const std::size_t dot = domain.rfind('.');
  if (dot == domain.npos || domain.size() - dot < 3) return false;
  for (std::string_view rest = domain;;) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && c != '-') return false;
    }
    if (label.size() == rest.size()) return true;
    rest.remove_prefix(label.size() + 1);
  }
}

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == text.npos || at == 0 || at > email_local_length_max || text.size() > email_length_max) return false;
  const std::string_view local = text.substr(0, at);
  if (local.front() == '.' || local.back() == '.' || local.find("..") != local.npos) return false;
  for (const char c : local) {
    const bool odd = std::string_view("\"(),:;<>@[\\]").find(c) != std::string_view::npos;
    if (odd || (static_cast<unsigned char>(c) <= ' ') || c == 0x7F) return false;
  }
  return is_domain(text.substr(at + 1));
}

// An integer, also one written as 2.0, as in JavaScript.
std::optional<std::int64_t> integer_of(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();
  if (std::trunc(number) != number || std::abs(number) > exact_integer_max) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

Error validation_error(std::vector<std::string> messages) {
  Error error{ErrorCode::invalid, join(messages, "; ")};
  error.members = Json{{"message", Json(std::move(messages))}};
  return error;
}

ObjectReader::ObjectReader(const Json& json) : json_(json) {
  if (!json.is_object()) faults_.emplace_back("the value must be an object");
}

bool ObjectReader::has(std::string_view name) {
  return find(name) != nullptr;
}

const Json* ObjectReader::find(std::string_view name) {
  known_.push_back(name);
  if (!json_.is_object()) return nullptr;
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

void ObjectReader::fault(std::string message) {
  if (faults_.size() < faults_max) faults_.push_back(std::move(message));
}

// The faults of one member are in class-validator's order: bounds before the type.
std::string ObjectReader::text(std::string_view name, const TextRule& rule) {
  const Json* value = find(name);
  const std::string* text = value && value->is_string() ? &value->get_ref<const std::string&>() : nullptr;
  if (rule.email) {
    if (text && is_email(*text)) return *text;
    fault(joined(name, " must be an email"));
    return {};
  }
  const std::size_t length = text ? utf8_length(*text) : 0;
  if (rule.not_empty && (!value || (text && text->empty()))) fault(joined(name, " should not be empty"));
  if (rule.max != TextRule{}.max && (!text || length > rule.max))
    fault(joined(name, " must be shorter than or equal to " + std::to_string(rule.max) + " characters"));
  if (rule.min > 0 && (!text || length < rule.min))
    fault(joined(name, " must be longer than or equal to " + std::to_string(rule.min) + " characters"));
  if (!text) fault(joined(name, " must be a string"));
  return text ? *text : std::string();
}

std::optional<std::string> ObjectReader::optional_text(std::string_view name, const TextRule& rule) {
  if (!has(name)) return std::nullopt;
  return text(name, rule);
}

std::int64_t ObjectReader::integer(std::string_view name, const IntegerRule& rule) {
  const Json* value = find(name);
  const bool is_number = value && value->is_number();
  const double size = is_number ? value->get<double>() : 0;
  const std::optional<std::int64_t> number = is_number ? integer_of(*value) : std::nullopt;
  const bool over = number ? *number > rule.max : size > static_cast<double>(rule.max);
  const bool under = number ? *number < rule.min : size < static_cast<double>(rule.min);
  if (rule.max != IntegerRule{}.max && (!is_number || over))
    fault(joined(name, " must not be greater than " + std::to_string(rule.max)));
  if (rule.min != IntegerRule{}.min && (!is_number || under))
    fault(joined(name, " must not be less than " + std::to_string(rule.min)));
  if (!is_number) {
    fault(joined(name, not_a_number));
  } else if (!number) {
    fault(joined(name, " must be an integer number"));
  }
  return number.value_or(0);
}

std::optional<std::int64_t> ObjectReader::optional_integer(std::string_view name, const IntegerRule& rule) {
  if (!has(name)) return std::nullopt;
  return integer(name, rule);
}

Money ObjectReader::money(std::string_view name) {
  const Json* value = find(name);
  if (!value || !value->is_number()) {
    fault(joined(name, below_zero));
    fault(joined(name, not_a_number));
    return {};
  }
  const Result<Money> amount = money_from_json(*value);
  if (amount) return *amount;
  const double number = value->get<double>();
  const double units_max = static_cast<double>(Money::cents_max) / 100;
  if (number < 0) {
    fault(joined(name, below_zero));
  } else if (number > units_max) {
    fault(joined(name, " must not be greater than " + std::to_string(Money::cents_max / 100)));
  } else {
    fault(joined(name, not_a_number));
  }
  return {};
}

std::optional<Money> ObjectReader::optional_money(std::string_view name) {
  if (!has(name)) return std::nullopt;
  return money(name);
}

bool ObjectReader::optional_boolean(std::string_view name, bool fallback) {
  const Json* value = find(name);
  if (!value) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  fault(joined(name, " must be a boolean value"));
  return fallback;
}

Uuid ObjectReader::uuid(std::string_view name) {
  const Json* value = find(name);
  if (value && value->is_string()) {
    if (const auto parsed = Uuid::parse(value->get_ref<const std::string&>())) return *parsed;
  }
  fault(joined(name, " must be a UUID"));
  return {};
}

std::string ObjectReader::one_of(std::string_view name, std::span<const std::string_view> choices) {
  const Json* value = find(name);
  if (value && value->is_string()) {
    const std::string& text = value->get_ref<const std::string&>();
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) return text;
  }
  std::string list;
  for (const std::string_view choice : choices) list.append(list.empty() ? "" : ", ").append(choice);
  fault(joined(name, " must be one of the following values: " + list));
  return {};
}

std::optional<std::string> ObjectReader::optional_one_of(std::string_view name,
                                                         std::span<const std::string_view> choices) {
  if (!has(name)) return std::nullopt;
  return one_of(name, choices);
}

const Json& ObjectReader::any(std::string_view name) {
  const Json* value = find(name);
  return value ? *value : absent;
}

const Json* ObjectReader::array(std::string_view name, const ArrayRule& rule) {
  const Json* value = find(name);
  if (!value || !value->is_array()) {
    fault(joined(name, " must be an array"));
    return nullptr;
  }
  if (value->size() > rule.max) {
    fault(joined(name, " must contain no more than " + std::to_string(rule.max) + " elements"));
    return nullptr;
  }
  if (value->size() < rule.min) {
    fault(joined(name, rule.min == 1 ? " should not be empty"
                                     : " must contain at least " + std::to_string(rule.min) + " elements"));
  }
  return value;
}

void ObjectReader::objects(std::string_view name, const ArrayRule& rule,
                           const std::function<void(ObjectReader& element)>& each) {
  const Json* list = array(name, rule);
  if (!list) return;
  std::size_t index = 0;
  for (const Json& element : *list) {
    if (!element.is_object()) {
      fault("each value in nested property " + std::string(name) + " must be either object or array");
      return;
    }
    ObjectReader object(element);
    each(object);
    const std::string prefix = std::string(name) + "." + std::to_string(index++) + ".";
    for (const std::string& message : object.take_faults()) fault(prefix + message);
  }
}

std::vector<std::string> ObjectReader::texts(std::string_view name, const ArrayRule& rule, const TextRule& each) {
  std::vector<std::string> out;
  const Json* list = array(name, rule);
  if (!list) return out;
  for (const Json& element : *list) {
    const bool is_text = element.is_string();
    const std::size_t length = is_text ? utf8_length(element.get_ref<const std::string&>()) : 0;
    if (!is_text) {
      fault("each value in " + std::string(name) + " must be a string");
      return {};
    }
    if (length < each.min || length > each.max || (each.not_empty && length == 0)) {
      fault("each value in " + std::string(name) + " has a wrong length");
      return {};
    }
    out.push_back(element.get<std::string>());
  }
  return out;
}

std::vector<std::string> ObjectReader::take_faults() {
  std::vector<std::string> all;
  if (json_.is_object()) {
    for (const auto& [name, value] : json_.items()) {
      if (all.size() < faults_max && std::find(known_.begin(), known_.end(), name) == known_.end())
        all.push_back("property " + name + " should not exist");
    }
  }
  for (std::string& message : faults_)
    if (all.size() < faults_max) all.push_back(std::move(message));
  faults_.clear();
  return all;
}

Result<void> ObjectReader::finish() {
  std::vector<std::string> all = take_faults();
  if (all.empty()) return {};
  return validation_error(std::move(all));
}

}  // namespace sagactl::http
