# Run by embed_files: writes OUT.hpp and OUT.cpp with the text of FILES. Text is cut into pieces because a
# compiler limits the length of one string literal.
set(body "")
foreach(file ${FILES})
  get_filename_component(base ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
  # 4000 escaped bytes a piece, each piece a literal of its own.
  string(LENGTH "${escaped}" length)
  set(pieces "")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${escaped}" ${at} 16000 piece)
    string(APPEND pieces "    \"${piece}\"\n")
    math(EXPR at "${at} + 16000")
  endwhile()
  if(pieces STREQUAL "")
    set(pieces "    \"\"\n")
  endif()
  string(APPEND body "    {\"${base}\",\n${pieces}    },\n")
endforeach()
file(WRITE ${OUT}.hpp "// Made by cmake/embed.cmake.
#pragma once
#include <vector>
#include \"common/embedded_file.hpp\"
namespace sagactl::embedded {
const std::vector<EmbeddedFile>& ${NAME}();
}
")
file(WRITE ${OUT}.cpp "// Made by cmake/embed.cmake.
#include \"embedded/${NAME}.hpp\"
namespace sagactl::embedded {
const std::vector<EmbeddedFile>& ${NAME}() {
  static const std::vector<EmbeddedFile> files = {
${body}  };
  return files;
}
}
")
