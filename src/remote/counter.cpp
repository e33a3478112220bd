// Where the processes that keep connections are found.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/counter.hpp"

#include "base/paths.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "remote/demand.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>

namespace ctys::remote {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "kept-";
constexpr std::string_view kMark = "ended";  // a file; its time is that of the last end

using Nanoseconds = std::chrono::nanoseconds;

// Of the clock that files have; a file's own time would be a tick behind it.
Nanoseconds now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

const Nanoseconds kBegun = now();

// The way is compared by the keeper: this one only sorts.
std::string prefix_of(std::string_view way) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const char c : way) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::array<char, 17> digits{};
  (void)std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(sum));
  return std::string(kPrefix) + digits.data() + "-";
}

// kept-WAY-PID-START
std::optional<ProcessId> process_of(std::string_view name) {
  const auto parts = text::split(name.substr(kPrefix.size()), '-');
  if (parts.size() != 3) return std::nullopt;
  const auto pid = text::number(parts[1]);
  const auto start = text::number(parts[2]);
  if (!pid || !start || *pid == 0 || *pid > INT32_MAX) return std::nullopt;
  return ProcessId{static_cast<pid_t>(*pid), *start};
}

std::optional<sockaddr_un> address_of(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& text = path.native();
  if (text.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, text.c_str(), text.size());
  return address;
}

// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): as the interface is
const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}
// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)

bool is_this_user(const Fd& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return socket && ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == ::getuid();
}

void limit_waiting(const Fd& socket, std::chrono::milliseconds time) {
  constexpr long kThousand = 1000;
  // None at all would be no limit.
  const auto least = std::max<long>(time.count(), 1);
  const timeval moment{least / kThousand, least % kThousand * kThousand};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO})
    ::setsockopt(socket.get(), SOL_SOCKET, option, &moment, sizeof moment);
}

}  // namespace

Result<std::vector<fs::path>> counters(std::string_view way) {
  std::vector<fs::path> found;
  struct stat status {};
  if (::lstat(paths::runtime_place().c_str(), &status) != 0) return found;
  const auto folder = TRY(paths::runtime_dir());
  const auto prefix = way.empty() ? std::string(kPrefix) : prefix_of(way);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    const auto process = name.starts_with(kPrefix) ? process_of(name) : std::nullopt;
    if (!process) continue;
    if (!is_alive(*process)) {
      std::error_code gone;
      fs::remove(entry.path(), gone);
    } else if (name.starts_with(prefix)) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<Counter> open_counter(std::string_view way) {
  const auto folder = TRY(paths::runtime_dir());
  const auto self = identify(::getpid());
  const auto path =
      folder / (prefix_of(way) + std::to_string(::getpid()) + "-" + std::to_string(self ? self->start : 0));
  const std::string what = "cannot keep connections";
  const auto address = address_of(path);
  if (!address)
    return fail(Exit::failed, what, "the path is too long for a socket: " + path.string(),
                "set XDG_RUNTIME_DIR to a shorter one");
  Fd listens(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // The folder is this user's alone, and so is the socket from its first moment.
  const auto before = ::umask(0177);
  const bool bound = ::bind(listens.get(), generic(*address), sizeof *address) == 0;
  ::umask(before);
  constexpr int kWaiting = 64;
  if (!bound || ::listen(listens.get(), kWaiting) != 0)
    return fail(Exit::failed, what, system_message(errno));
  return Counter{std::move(listens), path};
}

Result<void> mark_end() {
  const auto path = TRY(paths::runtime_dir()) / kMark;
  constexpr mode_t kMode = 0600;
  constexpr long kBillion = 1'000'000'000;
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode));
  const auto time = now().count();
  const timespec moment{time / kBillion, time % kBillion};
  const std::array<timespec, 2> both{moment, moment};
  if (!file || ::futimens(file.get(), both.data()) != 0)
    return fail(Exit::failed, "cannot write " + path.string(), system_message(errno));
  return {};
}

bool has_been_ended() {
  struct stat status {};
  if (::lstat((paths::runtime_place() / kMark).c_str(), &status) != 0) return false;
  const auto ended = std::chrono::seconds(status.st_mtim.tv_sec) + Nanoseconds(status.st_mtim.tv_nsec);
  return kBegun <= ended && ended <= now();  // a clock that was set back says nothing
}

Fd connect_to(const fs::path& counter, std::chrono::milliseconds time) {
  const auto address = address_of(counter);
  if (!address) return {};
  Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  limit_waiting(socket, time);
  if (::connect(socket.get(), generic(*address), sizeof *address) != 0 || !is_this_user(socket)) return {};
  return socket;
}

Fd accept_from(const Fd& listens) {
  Fd guest(::accept4(listens.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!is_this_user(guest)) return {};
  limit_waiting(guest, kAnswerTime);
  return guest;
}

bool send_packet(const Fd& to, std::string_view packet, int descriptor) {
  iovec part{const_cast<char*>(packet.data()), packet.size()};  // NOLINT: sendmsg() only reads it
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    auto* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  ssize_t n = 0;
  while ((n = ::sendmsg(to.get(), &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
  }
  return n == static_cast<ssize_t>(packet.size());
}

Packet receive_packet(const Fd& from) {
  Packet packet;
  packet.text.resize(kMaxPacket + 1);
  iovec part{packet.text.data(), packet.text.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space.data();
  message.msg_controllen = space.size();
  ssize_t n = 0;
  while ((n = ::recvmsg(from.get(), &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  packet.text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  unsigned came = 0;
  for (auto* header = n >= 0 ? CMSG_FIRSTHDR(&message) : nullptr; header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    // The room for one is padded, and takes two: whatever came is closed here.
    for (std::size_t at = CMSG_LEN(0); at + sizeof(int) <= header->cmsg_len; at += sizeof(int)) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(header) + (at - CMSG_LEN(0)), sizeof descriptor);
      packet.descriptor.reset(descriptor);
      ++came;
    }
  }
  if (came > 1 || packet.text.size() > kMaxPacket || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return {};
  return packet;
}

}  // namespace ctys::remote
