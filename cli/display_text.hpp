// Text as a terminal shows it: how wide it is, and what to do when it is too wide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

// How many columns of a terminal the text takes: colours and combining marks take none, Korean, Chinese and Japanese
// letters two.
int display_width(std::string_view text);

// The beginning of the text that fits, with an ellipsis when something was cut off.
std::string cut(std::string_view text, int width);

// The text of one line as the lines that it takes: the first of at most `first` columns, the others of `others`. Lines
// end between words; a word that is wider than a line, such as a URL, stays in one piece to be copied. Colours end with
// a line and begin again on the next one.
std::vector<std::string> folded_line(std::string_view text, int first, int others);

// Every line of the text that is wider than `width`, folded, what follows further in than its beginning. 0: as it is.
std::string folded(std::string_view text, int width);

}  // namespace sagactl
