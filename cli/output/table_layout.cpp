#include "cli/output/table_layout.hpp"

#include <algorithm>
#include <set>

#include "common/id.hpp"

namespace sagactl {
namespace {

constexpr std::size_t id_size = 36, id_length_min = 8;
constexpr int text_min = 10, folded_min = 20, narrowest = 4;
constexpr int mark_width = 2;  // of the ellipsis in the heading when columns are left out

// The position of an id in the cell; npos when there is none.
std::size_t find_id(std::string_view cell) {
  for (std::size_t dash = cell.find('-'); dash != cell.npos; dash = cell.find('-', dash + 1)) {
    if (dash < 8) continue;
    const std::size_t begin = dash - 8;
    if (cell.size() - begin >= id_size && Uuid::parse(cell.substr(begin, id_size))) return begin;
  }
  return cell.npos;
}

// The length of the shortest prefix that no two different ids of the column share.
std::size_t unique_prefix_length(const std::vector<Cells>& rows, std::size_t column) {
  std::set<std::string> ids;
  for (const Cells& row : rows)
    if (const std::size_t at = find_id(row[column]); at != std::string::npos)
      ids.insert(row[column].substr(at, id_size));
  for (std::size_t length = id_length_min; length < id_size; ++length) {
    std::set<std::string_view> prefixes;
    bool ends_in_digit = true;
    for (const std::string& id : ids) {
      prefixes.insert(std::string_view(id).substr(0, length));
      ends_in_digit = id[length - 1] != '-';
    }
    if (ends_in_digit && prefixes.size() == ids.size()) return length;
  }
  return id_size;
}

std::string without_seconds(const std::string& time) {
  constexpr std::string_view pattern = "0000-00-00T00:00";
  if (time.size() < pattern.size() + 1 || time.back() != 'Z') return time;
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (pattern[i] == '0' ? time[i] < '0' || time[i] > '9' : time[i] != pattern[i]) return time;
  return time.substr(0, pattern.size()) + "Z";
}

class TableLayoutFitter {
 public:
  TableLayoutFitter(const std::vector<TableColumn>& columns, const std::vector<Cells>& rows, int width)
      : columns_(columns), width_(width) {
    layout_.columns.resize(columns.size());
    layout_.id_lengths.resize(columns.size(), id_size);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].fit == Fit::id) layout_.id_lengths[i] = unique_prefix_length(rows, i);
      const int name = display_width(columns[i].name);
      full_.push_back(name);
      short_.push_back(name);
      for (const Cells& row : rows) {
        full_[i] = std::max(full_[i], display_width(row[i]));
        ColumnLayout& column = layout_.columns[i];
        column.shortened = true;
        short_[i] = std::max(short_[i], display_width(layout_.shown(columns[i], i, row[i])));
        column.shortened = false;
      }
      if (columns[i].fit == Fit::text || columns[i].fit == Fit::folded)
        short_[i] = std::min(full_[i], std::max(name, columns[i].fit == Fit::text ? text_min : folded_min));
      layout_.columns[i].width = full_[i];
    }
  }

  TableLayout fit() {
    if (width_ <= 0 || total_width() <= width_) return layout_;
    for (const auto& fits : {std::vector{Fit::text, Fit::folded}, {Fit::time}, {Fit::id}}) {
      narrow(fits);
      if (total_width() <= width_) return grown();
    }
    layout_.has_left_out = true;
    width_ -= mark_width;
    for (std::size_t i = 0; i < columns_.size(); ++i) layout_.columns[i].shown = columns_[i].needed;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].needed) continue;
      layout_.columns[i].shown = true;
      if (total_width() > width_) layout_.columns[i].shown = false;
    }
    while (total_width() > width_ && squeeze()) {
    }
    return grown();
  }

 private:
  int total_width() const {
    int sum = -column_gap;
    for (const ColumnLayout& column : layout_.columns)
      if (column.shown) sum += column.width + column_gap;
    return sum;
  }

  void narrow(const std::vector<Fit>& fits) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (std::find(fits.begin(), fits.end(), columns_[i].fit) == fits.end()) continue;
      layout_.columns[i].shortened = short_[i] < full_[i];
      layout_.columns[i].width = short_[i];
    }
  }

  // Narrows the widest column that may be cut by one. False when there is none.
  bool squeeze() {
    ColumnLayout* widest = nullptr;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      ColumnLayout& column = layout_.columns[i];
      if (!column.shown || columns_[i].fit == Fit::whole || columns_[i].fit == Fit::number) continue;
      if (column.width > narrowest && (widest == nullptr || column.width > widest->width)) widest = &column;
    }
    if (widest != nullptr) --widest->width;
    return widest != nullptr;
  }

  // Gives the remaining width back to narrowed columns: texts grow by any amount, ids and times only to their full
  // width.
  TableLayout grown() {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i].needed && columns_[i].fit == Fit::text) grow(i);
    for (const Fit fit : {Fit::folded, Fit::text, Fit::id, Fit::time})
      for (std::size_t i = 0; i < columns_.size(); ++i)
        if (columns_[i].fit == fit) grow(i);
    return layout_;
  }

  void grow(std::size_t i) {
    ColumnLayout& column = layout_.columns[i];
    const int left = width_ - total_width(), missing = full_[i] - column.width;
    if (!column.shown || left <= 0) return;
    const bool in_steps = columns_[i].fit == Fit::text || columns_[i].fit == Fit::folded;
    if (!in_steps && missing > left) return;
    column.width += std::min(missing, left);
    column.shortened = in_steps && missing > left;
  }

  const std::vector<TableColumn>& columns_;
  int width_;
  TableLayout layout_;
  std::vector<int> full_, short_;  // widths
};

}  // namespace

std::string TableLayout::shown(const TableColumn& column, std::size_t index, const std::string& cell) const {
  if (!columns[index].shortened) return cell;
  if (column.fit == Fit::time) return without_seconds(cell);
  if (column.fit != Fit::id) return cell;
  const std::size_t at = find_id(cell);
  if (at == cell.npos) return cell;
  return cell.substr(0, at + id_lengths[index]) + cell.substr(at + id_size);
}

TableLayout lay_out(const std::vector<TableColumn>& columns, const std::vector<Cells>& rows, int width) {
  return TableLayoutFitter(columns, rows, width).fit();
}

}  // namespace sagactl
