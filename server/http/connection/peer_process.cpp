#include "server/http/connection/peer_process.hpp"

#include <dirent.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <functional>
#include <set>
#include <string_view>
#include <vector>

namespace sagactl::http {
namespace {

using Endpoint = boost::asio::ip::tcp::endpoint;
using Inode = std::uint64_t;

constexpr timeval kernel_patience{.tv_sec = 1, .tv_usec = 0};

// Asks the kernel about TCP sockets (sock_diag(7)).
class SocketTable {
 public:
  SocketTable() : fd_(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
    if (fd_ >= 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kernel_patience, sizeof kernel_patience);
  }
  ~SocketTable() {
    if (fd_ >= 0) ::close(fd_);
  }
  SocketTable(const SocketTable&) = delete;
  SocketTable& operator=(const SocketTable&) = delete;

  // The socket that is bound to `local` and connected to `remote`.
  std::optional<inet_diag_msg> find(const Endpoint& local, const Endpoint& remote) {
    inet_diag_req_v2 query = query_of(local.address().is_v4() ? AF_INET : AF_INET6, ~0u);
    query.id.idiag_sport = htons(local.port());
    query.id.idiag_dport = htons(remote.port());
    copy(local, query.id.idiag_src);
    copy(remote, query.id.idiag_dst);
    std::optional<inet_diag_msg> found;
    ask(query, 0, [&found](const inet_diag_msg& socket) { found = socket; });
    return found;
  }

  // The inodes of all listening sockets. None: the kernel does not report them.
  std::optional<std::set<Inode>> listening() {
    std::set<Inode> inodes;
    bool all = true;
    for (const int family : {AF_INET, AF_INET6})
      all = all && ask(query_of(family, 1u << TCP_LISTEN), NLM_F_DUMP,
                       [&inodes](const inet_diag_msg& socket) { inodes.insert(socket.idiag_inode); });
    if (!all) return std::nullopt;
    return inodes;
  }

 private:
  static inet_diag_req_v2 query_of(int family, std::uint32_t states) {
    inet_diag_req_v2 query{};
    query.sdiag_family = static_cast<std::uint8_t>(family);
    query.sdiag_protocol = IPPROTO_TCP;
    query.idiag_states = states;
    query.id.idiag_cookie[0] = query.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    return query;
  }

  static void copy(const Endpoint& endpoint, __be32 (&out)[4]) {
    if (endpoint.address().is_v4())
      std::memcpy(out, endpoint.address().to_v4().to_bytes().data(), 4);
    else
      std::memcpy(out, endpoint.address().to_v6().to_bytes().data(), 16);
  }

  bool ask(const inet_diag_req_v2& query, int flags, const std::function<void(const inet_diag_msg&)>& take) {
    struct {
      nlmsghdr head;
      inet_diag_req_v2 query;
    } request{{sizeof request, SOCK_DIAG_BY_FAMILY, static_cast<std::uint16_t>(NLM_F_REQUEST | flags), 1, 0}, query};
    if (fd_ < 0 || ::send(fd_, &request, sizeof request, 0) != sizeof request) return false;
    alignas(nlmsghdr) char answer[16 * 1024];
    for (;;) {
      const ssize_t size = ::recv(fd_, answer, sizeof answer, 0);
      if (size <= 0) return false;
      auto left = static_cast<unsigned>(size);
      for (auto* head = reinterpret_cast<nlmsghdr*>(answer); NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
        if (head->nlmsg_type == NLMSG_DONE) return true;
        if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY) return false;
        take(*static_cast<const inet_diag_msg*>(NLMSG_DATA(head)));
        if ((flags & NLM_F_DUMP) == 0) return true;
      }
    }
  }

  const int fd_;
};

class Directory {
 public:
  explicit Directory(const std::string& path) : stream_(::opendir(path.c_str())) {}
  ~Directory() {
    if (stream_) ::closedir(stream_);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  // The name of the next entry; null at the end, and when the directory cannot be read.
  const char* next() {
    const dirent* entry = stream_ ? ::readdir(stream_) : nullptr;
    return entry ? entry->d_name : nullptr;
  }
  int descriptor() const { return ::dirfd(stream_); }

 private:
  DIR* const stream_;
};

std::optional<std::uint64_t> number_in(std::string_view text, std::string_view prefix) {
  std::uint64_t number = 0;
  if (!text.starts_with(prefix)) return std::nullopt;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data() + prefix.size(), end, number).ec != std::errc{}) return std::nullopt;
  return number;
}

// The sockets that a process has open; none when it has ended or may not be inspected.
std::vector<Inode> sockets_of(std::uint64_t process) {
  std::vector<Inode> inodes;
  Directory descriptors("/proc/" + std::to_string(process) + "/fd");
  while (const char* name = descriptors.next()) {
    char target[64];
    const ssize_t size = ::readlinkat(descriptors.descriptor(), name, target, sizeof target);
    if (size <= 0) continue;
    if (const auto inode = number_in({target, static_cast<std::size_t>(size)}, "socket:[")) inodes.push_back(*inode);
  }
  return inodes;
}

struct SocketOwner {
  std::uint64_t process = 0;
  std::vector<Inode> sockets;
};

// The process that has the socket open. Most clients are new processes, which have the highest ids, or the last one
// again.
std::optional<SocketOwner> owner_of(Inode inode) {
  static std::atomic<std::uint64_t> last_found{0};
  std::vector<std::uint64_t> processes;
  Directory all("/proc");
  while (const char* name = all.next())
    if (const auto process = number_in(name, "")) processes.push_back(*process);
  std::sort(processes.begin(), processes.end(), std::greater<>());
  processes.insert(processes.begin(), last_found.load());
  for (const std::uint64_t process : processes) {
    std::vector<Inode> sockets = sockets_of(process);
    if (std::find(sockets.begin(), sockets.end(), inode) == sockets.end()) continue;
    last_found = process;
    return SocketOwner{process, std::move(sockets)};
  }
  return std::nullopt;
}

// The reason is sent to the client, so that it names no process.
std::string find_reason(const Endpoint& peer, const Endpoint& own) {
  SocketTable table;
  const auto socket = table.find(peer, own);
  if (!socket) return "the kernel does not report which process sends it";
  if (socket->idiag_uid != ::geteuid())
    return "it comes from a process of another user, as it does from a proxy on this machine";
  const auto owner = owner_of(socket->idiag_inode);
  if (!owner) return "it comes from a process that this node cannot see, such as a port forward";
  if (owner->process == static_cast<std::uint64_t>(::getpid())) return {};
  const auto listening = table.listening();
  if (!listening) return "the kernel does not report whether the process that sends it is a proxy";
  const bool listens = std::any_of(owner->sockets.begin(), owner->sockets.end(),
                                   [&](Inode inode) { return listening->contains(inode); });
  return listens ? "it comes from a process that accepts connections itself, as a proxy does" : "";
}

}  // namespace

const std::string& PeerProcess::not_local_reason() {
  if (!not_local_reason_) not_local_reason_ = find_reason(peer_, own_);
  return *not_local_reason_;
}

}  // namespace sagactl::http
