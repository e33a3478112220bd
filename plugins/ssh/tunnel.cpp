// A connection through a gateway: a channel of the gateway's, and what keeps its bytes from waiting there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.hpp"
#include "pump.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ctys::ssh {
namespace {

// Smaller than what TCP sends at once: it may be held back until what came before is acknowledged.
constexpr int kSegment = 500;

int waiting_in(int socket) {
  int bytes = 0;
  return socket >= 0 && ::ioctl(socket, FIONREAD, &bytes) == 0 ? bytes : 0;
}

}  // namespace

bool Node::tunnel() {
  if (!gateway_->open()) return false;
  if (!tunnel_) tunnel_.reset(ssh_channel_new(gateway_->session()));
  const int answer = ssh_channel_open_forward(tunnel_.get(), config_.hostname.c_str(),
                                              static_cast<int>(config_.port), "127.0.0.1", 0);
  if (answer == SSH_AGAIN) return false;
  if (answer != SSH_OK)
    throw Error(Exit::unreachable, "cannot reach the host from " + gateway_->name(),
                complaint_of(gateway_->session()),
                "see whether it is up, and whether that host may forward: " + ssh() + " HOST");
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw Error(Exit::failed, "cannot reach the host",
                std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): glibc's is safe
  near_ = Descriptor(ends[0]);
  tunnel_open_ = true;
  reach_name();
  reach_port();
  make_session(ends[1]);
  return true;
}

// Between the gateway's channel and the pair of sockets.
void Node::pump() {
  if (near_.get() < 0 || !gateway_->open()) return;
  const int arrived = ssh_channel_poll(tunnel_.get(), 0);
  if (arrived > 0) unanswered_ = arrived < kSegment;
  if (waiting_in(near_.get()) > 0 || !out_.empty()) unanswered_ = false;
  const bool goes_on = channel_to_socket(tunnel_.get(), in_, near_.get()) &&
                       socket_to_channel(near_.get(), out_, tunnel_.get());
  if (!goes_on) near_.reset();  // the session sees the end, and says so
}

// The host holds a small packet back until the gateway has acknowledged the one before (RFC 896), which the
// gateway does after 40 ms, or together with bytes that go there: these do nothing else.
bool Node::answer() {
  if (!unanswered_ || near_.get() < 0 || (stage_ != Stage::logging_in && stage_ != Stage::ready))
    return false;
  unanswered_ = false;
  (void)ssh_send_ignore(session_.get(), "");
  pump();
  return true;
}

}  // namespace ctys::ssh
