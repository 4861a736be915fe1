// The body of an order in the form in which nearly all clients write it, read in one pass and without a tree of JSON:
// known members, each once and of its type, texts without escapes, numbers without exponents. A body of any other form
// is read by parse_order, which also says what is wrong with it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "server/engine/command.hpp"

namespace sagactl::api {

// What an order may have at most; beside quantity_max.
constexpr std::size_t order_items_max = 1000;
constexpr std::size_t product_id_bytes_max = 255;
constexpr std::size_t product_name_bytes_max = 1000;

// None: it has another form. What it reads, parse_order reads as the same order.
std::optional<PlaceOrder> read_plain_order(std::string_view body);

}  // namespace sagactl::api
