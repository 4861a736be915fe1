// The results that a simulated payment provider has given, by idempotency key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/result.hpp"

namespace sagactl {

// The numbers are stored: append new values.
enum class ChargeState : std::uint8_t {
  unanswered,  // the call had no effect and no answer
  charged,
  refused,
};

class ChargeBook {
 public:
  virtual ~ChargeBook() = default;

  // None: the key is unknown, or its record was removed because of its age. Any thread, like `put`.
  virtual Result<std::optional<ChargeState>> find(const std::string& key) = 0;
  // After an error nothing is stored.
  virtual Result<void> put(const std::string& key, ChargeState state) = 0;
};

}  // namespace sagactl
