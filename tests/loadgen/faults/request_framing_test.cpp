#include "loadgen/faults/proxy/request_framing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sagactl {
namespace {

using FramingState = RequestFraming::State;

TEST(RequestFraming, ARequestEndsAfterItsHeadAndTheBytesThatItStates) {
  const std::string head = "POST /orders HTTP/1.1\r\nHost: x\r\ncontent-LENGTH: 5\r\n\r\n",
                    bare = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t size = 0; size < head.size() + 5; ++size)
    EXPECT_EQ(frame_request((head + "12345").substr(0, size)).state, FramingState::more) << size;
  const RequestFraming framing = frame_request(head + "12345next");
  EXPECT_EQ(framing.state, FramingState::complete);
  EXPECT_EQ(framing.size, head.size() + 5);
  EXPECT_EQ(frame_request(bare).size, bare.size());
}

TEST(RequestFraming, WhatIsNotStatedPlainlyIsRefused) {
  for (const char* line : {"Transfer-Encoding: chunked", "Content-Length: -1", "Content-Length: 5x", "no colon",
                           "Content-Length: 99999999999"})
    EXPECT_EQ(frame_request("POST / HTTP/1.1\r\n" + std::string(line) + "\r\n\r\n").state, FramingState::refused)
        << line;
  EXPECT_EQ(frame_request(std::string(RequestFraming::head_max, 'x')).state, FramingState::refused);
}

}  // namespace
}  // namespace sagactl
