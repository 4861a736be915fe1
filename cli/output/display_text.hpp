// Text on a terminal: its width, and how it is cut or wrapped when it is too wide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

// The number of terminal columns of the text: colours and combining marks have none, Korean, Chinese and Japanese
// letters have two.
int display_width(std::string_view text);

// The text with blanks in place of line breaks and tabs, and without those at its end.
std::string on_one_line(std::string_view text);

// The text, or as much of it as fits with an ellipsis.
std::string cut(std::string_view text, int width);

// The text with spaces up to the width.
std::string padded(std::string text, int width);

// One line of text wrapped between words: the first line has at most `first` columns, the others at most `others`. A
// word that is wider than a line, such as a URL, is not split, so that it can be copied. Colours end with a line and
// continue on the next.
std::vector<std::string> folded_line(std::string_view text, int first, int others);

// Wraps every line that is wider than `width`, with a deeper indentation of what follows. 0: unchanged.
std::string folded(std::string_view text, int width);

}  // namespace sagactl
