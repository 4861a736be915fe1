#include "loadgen/profile/data_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/random.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::array<std::string_view, 4> order_names = {"in order", "random", "once", "user"};

Error wrong_line(std::size_t line, std::string_view what) {
  return {ErrorCode::invalid, fmt::format("line {}: {}", line, what)};
}

// The records of a CSV text, one after the other.
class CsvRecords {
 public:
  explicit CsvRecords(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);  // a byte order mark
  }

  bool at_end() const { return rest_.empty(); }
  std::size_t line() const { return line_; }  // of the record that next() reads

  Result<std::vector<std::string>> next() {
    std::vector<std::string> fields;
    const std::size_t begin = line_;
    while (true) {
      auto field = take_field();
      if (!field) return wrong_line(begin, field.error().message);
      fields.push_back(std::move(*field));
      if (rest_.starts_with(',')) {
        rest_.remove_prefix(1);
        continue;
      }
      end_line();
      return fields;
    }
  }

 private:
  Result<std::string> take_field() {
    std::string field;
    if (!rest_.starts_with('"')) {
      const std::size_t end = std::min(rest_.find_first_of(",\n"), rest_.size());
      field = rest_.substr(0, end);
      rest_.remove_prefix(end);
      if (field.ends_with('\r') && !rest_.starts_with(',')) field.pop_back();
      return field;
    }
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\n') ++line_;
      if (c != '"') {
        field += c;
        continue;
      }
      if (!rest_.starts_with('"')) return end_quoted(std::move(field));
      field += '"';
      rest_.remove_prefix(1);
    }
    return Error{ErrorCode::invalid, "a quoted field has no end"};
  }

  Result<std::string> end_quoted(std::string field) {
    const bool ends = rest_.empty() || rest_.starts_with(',') || rest_.starts_with('\n') || rest_.starts_with("\r\n");
    if (ends) return field;
    return Error{ErrorCode::invalid, "text follows the end of a quoted field; write \"\" for a quote in it"};
  }

  void end_line() {
    if (rest_.starts_with('\r')) rest_.remove_prefix(1);
    if (!rest_.starts_with('\n')) return;
    rest_.remove_prefix(1);
    ++line_;
  }

  std::string_view rest_;
  std::size_t line_ = 1;
};

Result<void> add_row(DataTable& table, std::vector<std::string> row, std::size_t line) {
  if (row.size() != table.columns.size())
    return wrong_line(line, fmt::format("{} values, but there are {} columns", row.size(), table.columns.size()));
  if (table.rows() == DataTable::rows_max)
    return wrong_line(line, fmt::format("there are more than {} rows", DataTable::rows_max));
  for (std::string& cell : row) {
    if (cell.size() > DataTable::cell_size_max)
      return wrong_line(line, fmt::format("a value has more than {} bytes", DataTable::cell_size_max));
    table.cells.push_back(std::move(cell));
  }
  return {};
}

Result<void> check_rows(const DataTable& table) {
  if (table.rows() == 0) return Error{ErrorCode::invalid, "there are no rows"};
  return {};
}

std::string cell_of(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

}  // namespace

std::string_view to_string(RowOrder order) {
  return order_names[static_cast<std::size_t>(order)];
}

std::optional<RowOrder> parse_row_order(std::string_view text) {
  const auto found = std::find(order_names.begin(), order_names.end(), text);
  if (found == order_names.end()) return std::nullopt;
  return static_cast<RowOrder>(found - order_names.begin());
}

std::optional<std::size_t> DataTable::find_column(std::string_view wanted) const {
  const auto found = std::find(columns.begin(), columns.end(), wanted);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

std::size_t DataTable::row_of(std::uint64_t journey, std::uint16_t user, std::uint64_t seed) const {
  if (order == RowOrder::user) return user % rows();
  if (order != RowOrder::random) return journey % rows();
  Random random(seed ^ (journey * 0x9E3779B97F4A7C15ull));
  return random.below(rows());
}

Result<void> read_csv(std::string_view text, DataTable& table) {
  CsvRecords records(text);
  while (!records.at_end()) {
    const std::size_t line = records.line();
    auto row = records.next();
    if (!row) return row.error();
    const bool is_empty_line = row->size() == 1 && row->front().empty();
    if (is_empty_line) continue;
    if (table.columns.empty()) {
      for (const std::string& column : *row) table.columns.emplace_back(trim(column));
      continue;
    }
    if (auto added = add_row(table, std::move(*row), line); !added) return added;
  }
  return check_rows(table);
}

Result<void> read_json_lines(std::string_view text, DataTable& table) {
  std::size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    const Json json = read_json(line);
    if (!json.is_object()) return wrong_line(number, "is not a JSON object");
    if (table.columns.empty())
      for (const auto& [name, value] : json.items()) table.columns.push_back(name);
    std::vector<std::string> row;
    for (const std::string& column : table.columns) {
      if (!json.contains(column))
        return wrong_line(number, fmt::format("has no '{}', which the first line has", column));
      row.push_back(cell_of(json[column]));
    }
    if (auto added = add_row(table, std::move(row), number); !added) return added;
  }
  return check_rows(table);
}

}  // namespace sagactl
