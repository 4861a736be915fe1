// Texts that mostly are a UUID or 64 hexadecimal digits, stored as 16 or 32 bytes. SqliteStatement::read_packed reads
// them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/adapters/sqlite/file/sqlite_connection.hpp"

namespace sagactl::sqlite {

// Holds the bound bytes until the statement has run. An empty text is null.
class CompactText {
 public:
  // `Parameters`: a SqliteStatement or GivenRows.
  template <class Parameters>
  void bind(Parameters& parameters, std::string_view text) {
    if (const auto bytes = pack(text); !bytes.empty())
      parameters.bind_bytes(bytes);
    else
      parameters.bind_unless_empty(text);
  }

 private:
  // Until the next call; none: it is stored as the text that it is.
  std::span<const std::uint8_t> pack(std::string_view text);

  std::array<std::uint8_t, 32> bytes_{};
};

}  // namespace sagactl::sqlite
