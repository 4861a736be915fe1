// What names of members, headers and parameters tell: "cartId", "cart_id" and "cart-id" are the same name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

std::vector<std::string> words_of(const std::string& name);  // cart, id
bool names_an_id(const std::string& name);
bool is_secret_member(const std::string& name);
// Of an idempotency key.
bool is_key_member(const std::string& name);
bool is_key_header(const std::string& name);               // in small letters
std::string environment_name_of(const std::string& name);  // CART_ID

// The field of a profile that a member of an order has by its name, its type and its format of JSON Schema:
// "{product}".
// "" for most.
std::string field_of_member(const std::string& name, std::string_view type, std::string_view format);

}  // namespace sagactl
