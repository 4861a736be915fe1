// Draws a tree of lines.
#pragma once

#include <string>
#include <vector>

namespace sagactl {

struct Branch {
  std::string text;  // drawn on one line, whatever breaks it has
  std::vector<Branch> branches = {};
};

// "text\n├─ first\n│  └─ below it\n└─ last\n"; with a `width` above 0, longer texts are wrapped.
std::string drawn(const Branch& root, int width = 0);

}  // namespace sagactl
