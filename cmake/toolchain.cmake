# Compiler warnings, sanitizers, and the tools that make a build quick where they are installed.

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                    -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference)
# g++ 12 reports these inside the standard library's and Boost's own inlined code.
add_compile_options(-Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict
                    -Wno-mismatched-new-delete)

option(SAGACTL_WERROR "Treat warnings as errors" ON)
if(SAGACTL_WERROR)
  add_compile_options(-Werror)
endif()

set(SAGACTL_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=: address,undefined or thread")
if(SAGACTL_SANITIZE)
  add_compile_options(-fsanitize=${SAGACTL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SAGACTL_SANITIZE})
  if(SAGACTL_SANITIZE MATCHES thread)
    add_compile_options(-Wno-tsan)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT SAGACTL_PROFILE)  # ccache does not see that counts have changed
  # What ccache wants for precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# An index or an optional without a value aborts a debug build instead of reading what is not there.
add_compile_definitions($<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

# A released program has nothing that nothing refers to.
add_compile_options($<$<CONFIG:Release>:-ffunction-sections> $<$<CONFIG:Release>:-fdata-sections>)
add_link_options($<$<CONFIG:Release>:-Wl,--gc-sections>)
