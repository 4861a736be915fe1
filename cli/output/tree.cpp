#include "cli/output/tree.hpp"

namespace sagactl {
namespace {

void draw_below(const Branch& branch, const std::string& indent, std::string& out) {
  for (const Branch& below : branch.branches) {
    const bool last = &below == &branch.branches.back();
    out += indent + (last ? "└─ " : "├─ ") + below.text + "\n";
    draw_below(below, indent + (last ? "   " : "│  "), out);
  }
}

}  // namespace

std::string drawn(const Branch& root) {
  std::string out = root.text + "\n";
  draw_below(root, "", out);
  return out;
}

}  // namespace sagactl
