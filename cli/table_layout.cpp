#include "cli/table_layout.hpp"

#include <algorithm>
#include <set>

#include "common/id.hpp"

namespace sagactl {
namespace {

constexpr std::size_t id_size = 36, id_length_min = 8;
constexpr int text_min = 10, folded_min = 20, narrowest = 4;
constexpr int mark_width = 2;  // of the ellipsis that says that columns are left out

// Where an id stands in the cell; npos when there is none.
std::size_t find_id(std::string_view cell) {
  for (std::size_t dash = cell.find('-'); dash != cell.npos; dash = cell.find('-', dash + 1)) {
    if (dash < 8) continue;
    const std::size_t begin = dash - 8;
    if (cell.size() - begin >= id_size && Uuid::parse(cell.substr(begin, id_size))) return begin;
  }
  return cell.npos;
}

// The shortest beginning that no two different ids of the column share.
std::size_t telling_length(const std::vector<Cells>& rows, std::size_t column) {
  std::set<std::string> ids;
  for (const Cells& row : rows)
    if (const std::size_t at = find_id(row[column]); at != std::string::npos) ids.insert(row[column].substr(at, id_size));
  for (std::size_t length = id_length_min; length < id_size; ++length) {
    std::set<std::string_view> beginnings;
    bool ends_well = true;
    for (const std::string& id : ids) {
      beginnings.insert(std::string_view(id).substr(0, length));
      ends_well = id[length - 1] != '-';
    }
    if (ends_well && beginnings.size() == ids.size()) return length;
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

class Fitting {
 public:
  Fitting(const std::vector<Column>& columns, const std::vector<Cells>& rows, int width)
      : columns_(columns), room_(width) {
    layout_.columns.resize(columns.size());
    layout_.id_lengths.resize(columns.size(), id_size);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].fit == Fit::id) layout_.id_lengths[i] = telling_length(rows, i);
      const int name = display_width(columns[i].name);
      whole_.push_back(name);
      short_.push_back(name);
      for (const Cells& row : rows) {
        whole_[i] = std::max(whole_[i], display_width(row[i]));
        ColumnLayout& column = layout_.columns[i];
        column.shortened = true;
        short_[i] = std::max(short_[i], display_width(layout_.shown(columns[i], i, row[i])));
        column.shortened = false;
      }
      if (columns[i].fit == Fit::text || columns[i].fit == Fit::folded)
        short_[i] = std::min(whole_[i], std::max(name, columns[i].fit == Fit::text ? text_min : folded_min));
      layout_.columns[i].width = whole_[i];
    }
  }

  TableLayout fit() {
    if (room_ <= 0 || taken() <= room_) return layout_;
    for (const auto& fits : {std::vector{Fit::text, Fit::folded}, {Fit::time}, {Fit::id}}) {
      narrow(fits);
      if (taken() <= room_) return grown();
    }
    layout_.has_left_out = true;
    room_ -= mark_width;
    for (std::size_t i = 0; i < columns_.size(); ++i) layout_.columns[i].shown = columns_[i].needed;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].needed) continue;
      layout_.columns[i].shown = true;
      if (taken() > room_) layout_.columns[i].shown = false;
    }
    while (taken() > room_ && squeeze()) {
    }
    return grown();
  }

 private:
  int taken() const {
    int sum = -column_gap;
    for (const ColumnLayout& column : layout_.columns)
      if (column.shown) sum += column.width + column_gap;
    return sum;
  }

  void narrow(const std::vector<Fit>& fits) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (std::find(fits.begin(), fits.end(), columns_[i].fit) == fits.end()) continue;
      layout_.columns[i].shortened = short_[i] < whole_[i];
      layout_.columns[i].width = short_[i];
    }
  }

  // Takes a column off the widest that may be cut at all. False: none may.
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

  // What room is left goes to what was narrowed: to texts as far as it goes, to ids and times if they become whole.
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
    const int left = room_ - taken(), lacking = whole_[i] - column.width;
    if (!column.shown || left <= 0) return;
    const bool in_steps = columns_[i].fit == Fit::text || columns_[i].fit == Fit::folded;
    if (!in_steps && lacking > left) return;
    column.width += std::min(lacking, left);
    column.shortened = in_steps && lacking > left;
  }

  const std::vector<Column>& columns_;
  int room_;
  TableLayout layout_;
  std::vector<int> whole_, short_;  // widths
};

}  // namespace

std::string TableLayout::shown(const Column& column, std::size_t index, const std::string& cell) const {
  if (!columns[index].shortened) return cell;
  if (column.fit == Fit::time) return without_seconds(cell);
  if (column.fit != Fit::id) return cell;
  const std::size_t at = find_id(cell);
  if (at == cell.npos) return cell;
  return cell.substr(0, at + id_lengths[index]) + cell.substr(at + id_size);
}

TableLayout lay_out(const std::vector<Column>& columns, const std::vector<Cells>& rows, int width) {
  return Fitting(columns, rows, width).fit();
}

}  // namespace sagactl
