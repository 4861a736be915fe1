// What a payment provider of our own has made of the keys that it was asked under.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/result.hpp"

namespace sagactl {

// Numbers are stored: new ones go to the end.
enum class ChargeState : std::uint8_t {
  unanswered,  // a call came to nothing: neither was money taken nor an answer given
  charged,
  refused,
};

class ChargeBook {
 public:
  virtual ~ChargeBook() = default;

  // None: the key is not known, or was so long ago that it is forgotten. Any thread, as `put`.
  virtual Result<std::optional<ChargeState>> find(const std::string& key) = 0;
  // After an error nothing is kept.
  virtual Result<void> put(const std::string& key, ChargeState state) = 0;
};

}  // namespace sagactl
