// The charges of a simulated provider that exists only as long as its node.
#pragma once

#include <cstddef>
#include <memory>

#include "server/ports/charge_book.hpp"

namespace sagactl {

// Keeps the newest `keys_max` keys.
std::unique_ptr<ChargeBook> make_memory_charge_book(std::size_t keys_max = 200'000);

}  // namespace sagactl
