#include "cli/output/tree.hpp"

#include <algorithm>

#include "cli/output/display_text.hpp"

namespace sagactl {
namespace {

constexpr int text_width_min = 16;  // at any depth
constexpr int wrap_indent = 2;      // indentation of wrapped lines

class TreeDrawing {
 public:
  explicit TreeDrawing(int width) : width_(width) {}

  // `first` is printed before the text of the branch, `indent` before the lines below it.
  void draw(const Branch& branch, const std::string& first, const std::string& indent) {
    write(branch, first, indent);
    for (const Branch& below : branch.branches) {
      const bool last = &below == &branch.branches.back();
      draw(below, indent + (last ? "└─ " : "├─ "), indent + (last ? "   " : "│  "));
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void write(const Branch& branch, const std::string& first, const std::string& indent) {
    const std::string text = on_one_line(branch.text);
    if (width_ <= 0) {
      out_ += first + text + "\n";
      return;
    }
    const int room = std::max(text_width_min, width_ - display_width(first));
    std::string before = first;
    for (const std::string& line : folded_line(text, room, room - wrap_indent)) {
      out_ += before + line + "\n";
      before = indent + (branch.branches.empty() ? " " : "│") + std::string(wrap_indent - 1, ' ');
    }
  }

  const int width_;
  std::string out_;
};

}  // namespace

std::string drawn(const Branch& root, int width) {
  TreeDrawing drawing(width);
  drawing.draw(root, "", "");
  return drawing.take();
}

}  // namespace sagactl
