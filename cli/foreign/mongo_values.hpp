// The values of MongoDB's documents as texts, spelled as the other databases spell them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/foreign/mongo_library.hpp"

namespace sagactl {

// An ObjectId is its 24 digits, a date is ISO 8601, a Decimal128 and a whole number have no exponent, a UUID has
// hyphens; documents, lists and rare kinds are JSON. Nothing for null.
std::optional<std::string> mongo_text(const MongoLibrary& library, const bson_iter_t& value);

// As it is computed with binary fractions: 0.1 + 0.2 is 0.3, and 1e6 is 1000000.
std::string plain_number(double number);
// "1.25E+3" is "1250"; exponents that are no amount's stay.
std::string plain_decimal(std::string_view text);

}  // namespace sagactl
