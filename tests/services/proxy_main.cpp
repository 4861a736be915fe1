// The faulty network as a program: `tcp_proxy LISTEN_PORT TARGET_PORT`, controlled by lines on its standard input:
// pass, delay MILLISECONDS, black_hole, half_close, cut. It ends with its input.
#include <iostream>
#include <sstream>
#include <string>

#include "tests/services/tcp_proxy.hpp"

int main(int argc, char** argv) {
  using sagactl::TcpProxy;
  if (argc != 3) {
    std::cerr << "usage: tcp_proxy LISTEN_PORT TARGET_PORT\n";
    return 4;
  }
  auto proxy =
      TcpProxy::start(static_cast<std::uint16_t>(std::stoi(argv[1])), static_cast<std::uint16_t>(std::stoi(argv[2])));
  if (!proxy) {
    std::cerr << "tcp_proxy: " << proxy.error().message << '\n';
    return 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string mode;
    int delay = 0;
    words >> mode >> delay;
    if (mode == "pass")
      (*proxy)->set(TcpProxy::Mode::pass);
    else if (mode == "delay")
      (*proxy)->set(TcpProxy::Mode::delay, std::chrono::milliseconds(delay));
    else if (mode == "black_hole")
      (*proxy)->set(TcpProxy::Mode::black_hole);
    else if (mode == "half_close")
      (*proxy)->set(TcpProxy::Mode::half_close);
    else if (mode == "cut")
      (*proxy)->set(TcpProxy::Mode::cut);
    else
      std::cerr << "tcp_proxy: unknown mode " << line << '\n';
  }
  return 0;
}
