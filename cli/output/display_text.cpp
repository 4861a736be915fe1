#include "cli/output/display_text.hpp"

#include <algorithm>
#include <cstdint>

namespace sagactl {
namespace {

constexpr std::string_view colours_off = "\x1b[0m";

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

// Displayed together with the letter before it: accents, the later parts of a Korean syllable, joiners, variants of
// emoji.
bool is_mark(std::uint32_t letter) {
  return (letter >= 0x0300 && letter <= 0x036F) || (letter >= 0x1160 && letter <= 0x11FF) ||
         (letter >= 0x200B && letter <= 0x200F) || (letter >= 0x20D0 && letter <= 0x20FF) ||
         (letter >= 0xFE00 && letter <= 0xFE0F) || letter == 0xFEFF;
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
  return {bytes, is_mark(letter) ? 0 : is_wide(letter) ? 2 : 1};
}

// Wraps words into lines. Colours end with a line and continue on the next.
class WrappedLines {
 public:
  WrappedLines(int first, int others) : width_(first), width_below_(others) {}

  // The spaces before a word are dropped when the word begins a line.
  void word(std::string_view spaces, std::string_view word) {
    const int width = display_width(word);
    const int gap = static_cast<int>(spaces.size());
    if (has_word_ && used_ + gap + width > width_) {
      end_line();
    } else {
      line_ += spaces;
      used_ += gap;
    }
    line_ += word;
    used_ += width;
    has_word_ = true;
    for (std::size_t at = word.find('\x1b'); at != word.npos; at = word.find('\x1b', at + 1)) {
      const std::string_view sequence = word.substr(at, first_glyph(word.substr(at)).bytes);
      colour_ = sequence == colours_off ? std::string() : colour_ + std::string(sequence);
    }
  }
  std::vector<std::string> take() {
    lines_.push_back(std::move(line_));
    return std::move(lines_);
  }

 private:
  void end_line() {
    if (!colour_.empty()) line_ += colours_off;
    lines_.push_back(std::move(line_));
    line_ = colour_;
    used_ = 0;
    width_ = width_below_;
  }

  int width_;
  const int width_below_;
  std::vector<std::string> lines_;
  std::string line_, colour_;
  int used_ = 0;
  bool has_word_ = false;
};

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

std::string on_one_line(std::string_view text) {
  const auto is_break = [](char c) { return c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && is_break(text.back())) text.remove_suffix(1);
  std::string line(text);
  std::replace_if(line.begin(), line.end(), is_break, ' ');
  return line;
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
  return out + "…" + (coloured ? std::string(colours_off) : "");
}

std::string padded(std::string text, int width) {
  const int missing = width - display_width(text);
  return missing > 0 ? text + std::string(static_cast<std::size_t>(missing), ' ') : text;
}

std::vector<std::string> folded_line(std::string_view text, int first, int others) {
  WrappedLines lines(first, others);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::min(text.find_first_not_of(' ', at), text.size());
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (begin < end) lines.word(text.substr(at, begin - at), text.substr(begin, end - begin));
    at = end;
  }
  return lines.take();
}

std::string folded(std::string_view text, int width) {
  if (width <= 0) return std::string(text);
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    if (display_width(line) <= width) {
      out += line;
    } else {
      const int indent = static_cast<int>(std::min(line.find_first_not_of(' '), line.size())) + 4;
      const int inner = std::min(indent, width / 2);
      std::string before;
      for (const std::string& part : folded_line(line, width, width - inner)) {
        out += before + part;
        before = "\n" + std::string(static_cast<std::size_t>(inner), ' ');
      }
    }
    if (end < text.size()) out += '\n';
    begin = end + 1;
  }
  return out;
}

}  // namespace sagactl
