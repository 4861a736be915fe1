#include "cli/foreign/mongo_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "cli/foreign/owned.hpp"
#include "cli/foreign/shown_bytes.hpp"
#include "common/id.hpp"
#include "common/text/json.hpp"
#include "common/text/number.hpp"
#include "common/time.hpp"

namespace sagactl {
namespace {

constexpr double whole_numbers_max = 9'007'199'254'740'992.0;  // 2^53: every whole number below is exact
constexpr std::int64_t year_10000_ms = 253'402'300'800'000, year_1_ms = -62'135'596'800'000;
constexpr int zeros_max = 40;  // Decimal128 has 34 digits

std::string date_text(std::int64_t ms) {
  if (ms >= year_10000_ms || ms < year_1_ms) return fmt::format("{} ms", ms);  // ISO 8601 has no such years
  return iso8601_ms(Timestamp{ms * 1000});
}

std::string bytes_text(bson_subtype_t subtype, std::string_view bytes) {
  // Clients disagree on the order of the bytes of the older kind.
  if (subtype == BSON_SUBTYPE_UUID && bytes.size() == 16) {
    Uuid uuid;
    std::copy(bytes.begin(), bytes.end(), uuid.bytes.begin());
    return uuid.text();
  }
  return is_plain_text(bytes) ? std::string(bytes) : shown_bytes(bytes);
}

std::string extended_json(const MongoLibrary& library, const bson_iter_t& value) {
  const MongoDocument document(library, library.document_new());
  if (!library.append_iter(document.get(), "v", -1, &value)) return {};
  const Owned text(library.relaxed_json(document.get(), nullptr), library.free_text);
  if (!text) return {};
  const Json json = read_json(static_cast<const char*>(text.get()));
  return json.is_object() && json.contains("v") ? json_text(json["v"]) : std::string();
}

}  // namespace

std::string plain_number(double number) {
  if (std::floor(number) == number && std::fabs(number) <= whole_numbers_max)
    return fmt::format("{}", static_cast<std::int64_t>(number));
  return fmt::format("{:.15g}", number);  // as many digits as a double keeps of a decimal number
}

std::string plain_decimal(std::string_view text) {
  const std::size_t e = text.find('E');
  if (e == text.npos) return std::string(text);
  const auto exponent = parse_number<int>(text.substr(text.substr(e + 1).starts_with('+') ? e + 2 : e + 1));
  if (!exponent || std::abs(*exponent) > zeros_max) return std::string(text);
  const bool is_negative = text.starts_with('-');
  std::string digits(text.substr(is_negative, e - is_negative));
  int point = static_cast<int>(digits.size());
  if (const std::size_t at = digits.find('.'); at != std::string::npos) {
    point = static_cast<int>(at);
    digits.erase(at, 1);
  }
  point += *exponent;
  if (point <= 0) {
    digits.insert(0, static_cast<std::size_t>(1 - point), '0');
    point = 1;
  }
  if (point > static_cast<int>(digits.size())) digits.append(static_cast<std::size_t>(point) - digits.size(), '0');
  if (point < static_cast<int>(digits.size())) digits.insert(static_cast<std::size_t>(point), 1, '.');
  return is_negative ? digits.insert(0, 1, '-') : digits;
}

std::optional<std::string> mongo_text(const MongoLibrary& library, const bson_iter_t& value) {
  std::uint32_t size = 0;
  switch (library.iter_type(&value)) {
    case BSON_TYPE_NULL:
    case BSON_TYPE_UNDEFINED:
      return std::nullopt;
    case BSON_TYPE_UTF8: {
      const char* text = library.iter_utf8(&value, &size);
      return std::string(text, size);
    }
    case BSON_TYPE_SYMBOL: {
      const char* text = library.iter_symbol(&value, &size);
      return std::string(text, size);
    }
    case BSON_TYPE_OID: {
      char text[25];
      library.oid_to_string(library.iter_oid(&value), text);
      return text;
    }
    case BSON_TYPE_INT32:
    case BSON_TYPE_INT64:
      return fmt::format("{}", library.iter_as_int64(&value));
    case BSON_TYPE_DOUBLE:
      return plain_number(library.iter_double(&value));
    case BSON_TYPE_DECIMAL128: {
      bson_decimal128_t number;
      if (!library.iter_decimal128(&value, &number)) return std::nullopt;
      char text[BSON_DECIMAL128_STRING];
      library.decimal128_to_string(&number, text);
      return plain_decimal(text);
    }
    case BSON_TYPE_BOOL:
      return library.iter_bool(&value) ? "true" : "false";
    case BSON_TYPE_DATE_TIME:
      return date_text(library.iter_date_time(&value));
    case BSON_TYPE_TIMESTAMP: {
      std::uint32_t seconds = 0, increment = 0;
      library.iter_timestamp(&value, &seconds, &increment);
      return date_text(std::int64_t{seconds} * 1000);
    }
    case BSON_TYPE_BINARY: {
      bson_subtype_t subtype{};
      const std::uint8_t* bytes = nullptr;
      library.iter_binary(&value, &subtype, &size, &bytes);
      return bytes_text(subtype, {reinterpret_cast<const char*>(bytes), size});
    }
    default:
      return extended_json(library, value);
  }
}

}  // namespace sagactl
