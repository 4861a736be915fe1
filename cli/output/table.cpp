#include "cli/output/table.hpp"

#include <algorithm>
#include <cstdint>
#include <ostream>

namespace sagactl {
namespace {

// A colour sequence or a letter at the beginning of a text.
struct Glyph {
  std::size_t bytes;
  int width;
};

bool is_wide(std::uint32_t letter) {
  return (letter >= 0x1100 && letter <= 0x115F) || (letter >= 0x2E80 && letter <= 0xA4CF) ||
         (letter >= 0xAC00 && letter <= 0xD7A3) || (letter >= 0xF900 && letter <= 0xFAFF) ||
         (letter >= 0xFE30 && letter <= 0xFE6F) || (letter >= 0xFF00 && letter <= 0xFF60) ||
         (letter >= 0xFFE0 && letter <= 0xFFE6) || (letter >= 0x1F300 && letter <= 0x1FAFF);
}

Glyph first_glyph(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (byte(0) == 0x1b) {
    const std::size_t end = text.find('m');
    return {end == std::string_view::npos ? text.size() : end + 1, 0};
  }
  const std::size_t bytes = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  if (bytes == 1 || bytes > text.size()) return {1, 1};
  std::uint32_t letter = byte(0) & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) letter = (letter << 6) | (byte(i) & 0x3Fu);
  return {bytes, is_wide(letter) ? 2 : 1};
}

std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    width += glyph.width;
    text.remove_prefix(glyph.bytes);
  }
  return width;
}

std::string cut(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  const bool coloured = text.find('\x1b') != std::string_view::npos;
  std::string out;
  for (int taken = 0; !text.empty();) {
    const Glyph glyph = first_glyph(text);
    if (taken + glyph.width > width - 1) break;
    out += text.substr(0, glyph.bytes);
    taken += glyph.width;
    text.remove_prefix(glyph.bytes);
  }
  return out + "…" + (coloured ? "\x1b[0m" : "");
}

std::string padded(std::string text, int width) {
  const int missing = width - display_width(text);
  return missing > 0 ? text + std::string(static_cast<std::size_t>(missing), ' ') : text;
}

void Table::row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = on_one_line(std::move(cell));
  rows_.push_back(std::move(cells));
}

void Table::print(std::ostream& out, int width) const {
  std::vector<std::string> header;
  for (const TableColumn& column : columns_) header.push_back(column.name);
  std::vector<int> widths(columns_.size(), 0);
  const auto measure = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], display_width(cells[i]));
  };
  measure(header);
  for (const auto& cells : rows_) measure(cells);

  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool last = i + 1 == cells.size();
      const std::string blanks(static_cast<std::size_t>(std::max(0, widths[i] - display_width(cells[i]))),
                               ' ');
      if (columns_[i].right)
        text += blanks + cells[i];
      else
        text += last ? cells[i] : cells[i] + blanks;
      if (!last) text += "  ";
    }
    out << (width > 0 ? cut(text, width) : text) << '\n';
  };
  line(header);
  for (const auto& cells : rows_) line(cells);
}

}  // namespace sagactl
