// Data for journeys, from a file: each journey has one row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"

namespace sagactl {

enum class RowOrder : std::uint8_t {
  in_order,  // the first journey has the first row; after the last row comes the first again
  random,    // by the seed
  once,      // in order, and the load ends after the last row
  user,      // the row of the journey's user: the first user has the first row
};
std::string_view to_string(RowOrder order);
std::optional<RowOrder> parse_row_order(std::string_view text);

struct DataTable {
  static constexpr std::size_t rows_max = 1'000'000;
  static constexpr std::size_t cell_size_max = 64 * 1024;

  std::string name = "data";  // {data:column}
  RowOrder order = RowOrder::in_order;
  std::vector<std::string> columns;
  std::vector<std::string> cells;  // row by row

  std::size_t rows() const { return columns.empty() ? 0 : cells.size() / columns.size(); }
  const std::string& cell(std::size_t row, std::size_t column) const { return cells[row * columns.size() + column]; }
  std::optional<std::size_t> find_column(std::string_view name) const;
  // Of the journey with this number in its run, from 0. There must be rows.
  std::size_t row_of(std::uint64_t journey, std::uint16_t user, std::uint64_t seed) const;
};

// CSV with the names of the columns in its first line (RFC 4180; lines may end with LF alone), or one JSON object per
// line whose members are the columns: all that the first one has. `invalid` with the line for rows that do not fit.
Result<void> read_csv(std::string_view text, DataTable& table);
Result<void> read_json_lines(std::string_view text, DataTable& table);

}  // namespace sagactl
