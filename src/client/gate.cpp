// A socket for exactly one connection of this user.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/gate.hpp"

#include "base/paths.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ctys::client {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "display-";

void remove_left_over(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    const auto parts = text::split(std::string_view(name).substr(kPrefix.size()), '-');
    const auto pid = text::number(parts.front());
    const auto start = text::number(parts.back());
    if (!pid || !start || *pid > INT32_MAX || is_alive({static_cast<pid_t>(*pid), *start})) continue;
    std::error_code gone;
    fs::remove(entry.path(), gone);
  }
}

}  // namespace

Result<Gate> Gate::make() {
  const auto folder = TRY(paths::runtime_dir());
  remove_left_over(folder);
  const auto self = identify(::getpid());
  const auto path = (folder / (std::string(kPrefix) + std::to_string(::getpid()) + "-" +
                               std::to_string(self ? self->start : 0)))
                        .string();
  const std::string what = "cannot listen for the viewer at " + path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail(Exit::failed, what, "the path is too long for a socket",
                "set XDG_RUNTIME_DIR to a shorter one");
  std::memcpy(address.sun_path, path.c_str(), path.size());
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // The folder is this user's alone, and so is the socket from its first moment.
  const auto before = ::umask(0177);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as the interface is
  const bool bound = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::umask(before);
  if (!bound) return fail(Exit::failed, what, system_message(errno));
  Gate gate(std::move(fd), path);
  if (::listen(gate.fd(), 1) != 0) return fail(Exit::failed, what, system_message(errno));
  return gate;
}

Fd Gate::accept() {
  Fd who(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  ucred peer{};
  socklen_t size = sizeof peer;
  if (!who || ::getsockopt(who.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid != ::getuid())
    return {};
  close();
  return who;
}

void Gate::close() {
  if (!fd_) return;
  std::error_code gone;
  fs::remove(path_, gone);
  fd_.reset();
}

}  // namespace ctys::client
