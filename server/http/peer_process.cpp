#include "server/http/peer_process.hpp"

#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <fstream>
#include <set>
#include <string_view>
#include <vector>

namespace sagactl::http {
namespace fs = std::filesystem;
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

  // The end of a connection that is bound to `local`.
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

  // Of all sockets that listen. None: the kernel does not tell.
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

// The sockets that a process holds; none when it is gone or may not be looked at.
std::set<Inode> sockets_of(const fs::path& process) {
  constexpr std::string_view prefix = "socket:[";
  std::set<Inode> inodes;
  std::error_code problem;
  for (fs::directory_iterator entry(process / "fd", problem), end; !problem && entry != end; entry.increment(problem)) {
    std::error_code ignored;
    const std::string target = fs::read_symlink(entry->path(), ignored).string();
    Inode inode = 0;
    if (target.starts_with(prefix) &&
        std::from_chars(target.data() + prefix.size(), target.data() + target.size(), inode).ec == std::errc{})
      inodes.insert(inode);
  }
  return inodes;
}

struct Holder {
  std::string id, name;
  std::set<Inode> sockets;
};

// All processes that have the socket: after a fork they are several.
std::vector<Holder> holders_of(Inode inode) {
  std::vector<Holder> holders;
  std::error_code problem;
  for (fs::directory_iterator entry("/proc", problem), end; !problem && entry != end; entry.increment(problem)) {
    std::string id = entry->path().filename().string();
    if (id.find_first_not_of("0123456789") != id.npos) continue;
    std::set<Inode> sockets = sockets_of(entry->path());
    if (!sockets.contains(inode)) continue;
    std::string name;
    std::getline(std::ifstream(entry->path() / "comm"), name);
    holders.push_back({std::move(id), std::move(name), std::move(sockets)});
  }
  return holders;
}

std::string find_doubt(const Endpoint& peer, const Endpoint& own) {
  SocketTable table;
  const auto socket = table.find(peer, own);
  if (!socket) return "the kernel does not tell which process asks";
  if (socket->idiag_uid != ::geteuid())
    return "it comes from a process of another user (id " + std::to_string(socket->idiag_uid) +
           "), as it does from a proxy on this machine";
  const std::vector<Holder> holders = holders_of(socket->idiag_inode);
  if (holders.empty()) return "it comes from a process that this node cannot see, such as a port forwarding";
  const auto listening = table.listening();
  if (!listening) return "the kernel does not tell whether the process that asks is a proxy";
  const std::string own_id = std::to_string(::getpid());
  for (const Holder& holder : holders) {
    if (holder.id == own_id) continue;
    for (const Inode inode : holder.sockets)
      if (listening->contains(inode))
        return "it comes from a process that takes requests itself and may hand them on (" + holder.name + ", process " +
               holder.id + ")";
  }
  return {};
}

}  // namespace

const std::string& PeerProcess::doubt() {
  if (!doubt_) doubt_ = find_doubt(peer_, own_);
  return *doubt_;
}

}  // namespace sagactl::http
