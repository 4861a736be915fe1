// Texts that mostly are a UUID or 64 hexadecimal digits, stored as 16 or 32 bytes. SqliteStatement::read_packed reads
// them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/adapters/sqlite/file/sqlite_connection.hpp"

namespace sagactl::sqlite {

// Holds the bound bytes until the statement has run. An empty text is null.
class CompactText {
 public:
  void bind(SqliteStatement& statement, std::string_view text);

 private:
  std::array<std::uint8_t, 32> bytes_{};
};

}  // namespace sagactl::sqlite
