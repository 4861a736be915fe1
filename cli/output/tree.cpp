#include "cli/output/tree.hpp"

#include <algorithm>

#include "cli/display_text.hpp"

namespace sagactl {
namespace {

constexpr int text_width_min = 16;  // however deep it stands
constexpr int further_in = 2;       // what goes on below

class Drawing {
 public:
  explicit Drawing(int width) : width_(width) {}

  // `first` stands before the branch's text, `indent` before everything below it.
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
    if (width_ <= 0) {
      out_ += first + branch.text + "\n";
      return;
    }
    const int room = std::max(text_width_min, width_ - display_width(first));
    std::string before = first;
    for (const std::string& line : folded_line(branch.text, room, room - further_in)) {
      out_ += before + line + "\n";
      before = indent + (branch.branches.empty() ? " " : "│") + std::string(further_in - 1, ' ');
    }
  }

  const int width_;
  std::string out_;
};

}  // namespace

std::string drawn(const Branch& root, int width) {
  Drawing drawing(width);
  drawing.draw(root, "", "");
  return drawing.take();
}

}  // namespace sagactl
