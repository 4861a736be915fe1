// Texts that are mostly a UUID or 64 hexadecimal digits are stored as those 16 or 32 bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/adapters/sqlite/connection.hpp"

namespace sagactl::sqlite {

// Holds what has been bound until the statement has run. An empty text is null.
class CompactText {
 public:
  void bind(Statement& statement, std::string_view text);

 private:
  std::array<std::uint8_t, 32> bytes_{};
};

// The next column of the row.
std::string read_compact(Statement& statement);
void read_compact(Statement& statement, std::string& text);

}  // namespace sagactl::sqlite
