# Headers that nearly every file reads, and that take seconds to read, are read once: the standard library's, JSON and
# fmt for all; those of Asio and Beast for the modules that use them. Every file still includes what it uses, and builds
# without this as well (-DSAGACTL_PCH=OFF).
option(SAGACTL_PCH "Precompile the headers of third parties" ON)

# Written only when it is not there, so that configuring anew does not make everything be compiled anew.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp CONTENT "")
function(precompile name uses)
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(${name} PRIVATE ${uses})
  target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

set(precompiled_basics <algorithm> <chrono> <deque> <functional> <map> <memory> <mutex> <optional> <string> <thread>
                       <unordered_map> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)
set(precompiled_network <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp>
                        <boost/asio/ip/tcp.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>
                        <boost/beast/core/flat_buffer.hpp> <boost/beast/core/tcp_stream.hpp>
                        <boost/beast/http/fields.hpp> <boost/beast/http/parser.hpp>)
set(precompiled_tests <gmock/gmock.h> <gtest/gtest.h>)
if(SAGACTL_PCH)
  precompile(precompiled "nlohmann_json::nlohmann_json;fmt::fmt;Threads::Threads" ${precompiled_basics})
  precompile(precompiled_asio "nlohmann_json::nlohmann_json;fmt::fmt;asio" ${precompiled_basics} ${precompiled_network})
endif()
if(SAGACTL_PCH AND SAGACTL_TESTS)
  precompile(precompiled_for_tests "nlohmann_json::nlohmann_json;fmt::fmt;Threads::Threads;GTest::gtest;GTest::gmock"
             ${precompiled_basics} ${precompiled_tests})
  precompile(precompiled_asio_for_tests "nlohmann_json::nlohmann_json;fmt::fmt;asio;GTest::gtest;GTest::gmock"
             ${precompiled_basics} ${precompiled_network} ${precompiled_tests})
endif()

# Gives a target the headers that its libraries let it include, and a test those of GoogleTest as well:
# use_precompiled(TARGET LIBRARIES...).
function(use_precompiled target)
  if(NOT SAGACTL_PCH)
    return()
  endif()
  set(kind "")
  get_target_property(linked ${target} LINK_LIBRARIES)
  if("GTest::gtest" IN_LIST linked)
    set(kind "_for_tests")
  endif()
  set(seen)
  set(waiting ${ARGN})
  while(waiting)
    list(POP_FRONT waiting use)
    if(use STREQUAL "asio")
      target_precompile_headers(${target} REUSE_FROM precompiled_asio${kind})
      return()
    endif()
    if(TARGET ${use} AND NOT use IN_LIST seen)
      list(APPEND seen ${use})
      get_target_property(further ${use} INTERFACE_LINK_LIBRARIES)
      if(further)
        list(APPEND waiting ${further})
      endif()
    endif()
  endwhile()
  if("common" IN_LIST seen)
    target_precompile_headers(${target} REUSE_FROM precompiled${kind})
  endif()
endfunction()
