// An agent that tells of some of its keys only. Source of the messages: draft-miller-ssh-agent, sections 3.5
// and 5.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <optional>

namespace ctys::ssh {
namespace {

constexpr char kIdentitiesAnswer = 12;                  // SSH_AGENT_IDENTITIES_ANSWER
constexpr std::string_view kGiveIdentities("\x0b", 1);  // SSH_AGENTC_REQUEST_IDENTITIES
constexpr std::chrono::seconds kAgentTime{3};           // for its first answer: it is on this host
constexpr std::size_t kNumber = 4;
constexpr std::size_t kMaxMessage = 256U << 10;

std::string number(std::size_t value) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>((value >> shift) & 0xffU);
  return bytes;
}

std::optional<std::size_t> take_number(std::string_view& bytes) {
  if (bytes.size() < kNumber) return std::nullopt;
  std::size_t value = 0;
  for (const char c : bytes.substr(0, kNumber)) value = value << 8U | static_cast<unsigned char>(c);
  bytes.remove_prefix(kNumber);
  return value;
}

std::optional<std::string_view> take_string(std::string_view& bytes) {
  const auto size = take_number(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const auto text = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return text;
}

// Waits for all of it; false: nobody is there any more.
bool read_all(int fd, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::read(fd, to, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

std::optional<std::string> read_message(int fd) {
  std::array<char, kNumber> head{};
  if (!read_all(fd, head.data(), head.size())) return std::nullopt;
  std::string_view bytes(head.data(), head.size());
  const auto size = take_number(bytes);
  if (!size || *size > kMaxMessage) return std::nullopt;
  std::string message(*size, '\0');
  if (!read_all(fd, message.data(), message.size())) return std::nullopt;
  return message;
}

bool send_message(int fd, std::string_view message) {
  const auto bytes = number(message.size()).append(message);
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

void set_blocking(const Descriptor& fd) {
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) & ~O_NONBLOCK);
}

// A socket that does not block, or does: the answer of connect() is in errno where there is none.
Descriptor connect_to(const std::string& path, bool blocks) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  errno = ENAMETOOLONG;
  if (path.size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path.c_str(), path.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (blocks) set_blocking(socket);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as the interface is
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return socket;
  const int number = errno;
  socket.reset();
  errno = number;
  return {};
}

}  // namespace

std::string without_others(std::string_view answer, const Chosen& chosen) {
  if (answer.empty() || answer.front() != kIdentitiesAnswer) return std::string(answer);
  auto rest = answer.substr(1);
  const auto count = take_number(rest).value_or(0);
  std::string keys;
  std::size_t left = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto blob = take_string(rest);
    const auto comment = blob ? take_string(rest) : std::nullopt;
    if (!comment) return std::string(1, kIdentitiesAnswer) + number(0);
    if (!chosen(*blob)) continue;
    keys.append(number(blob->size())).append(*blob).append(number(comment->size())).append(*comment);
    ++left;
  }
  return std::string(1, kIdentitiesAnswer) + number(left) + keys;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr unsigned kSix = 63;
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8U | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    const auto digits = std::min<std::size_t>(bytes.size() - at, 3) + 1;
    for (std::size_t i = 0; i < 4; ++i)
      text += i < digits ? kDigits[group >> (18U - 6U * static_cast<unsigned>(i)) & kSix] : '=';
  }
  return text;
}

AgentProbe::AgentProbe(std::string path)
    : path_(std::move(path)), limit_(std::chrono::steady_clock::now() + kAgentTime) {}

void AgentProbe::connect() {
  agent_ = connect_to(path_, false);
  if (agent_.get() >= 0)
    (void)send_message(agent_.get(), kGiveIdentities);
  else if (errno != EAGAIN)  // it is there, and takes nobody in
    answer_ = Answer::something;
}

AgentProbe::Answer AgentProbe::step() {
  if (answer_ != Answer::none_yet) return answer_;
  if (agent_.get() < 0) connect();
  // All that has come is read: an agent complains of a connection that is closed before.
  std::array<char, 65536> answer{};
  if (agent_.get() >= 0 && (::recv(agent_.get(), answer.data(), answer.size(), 0) >= 0 || errno != EAGAIN))
    answer_ = Answer::something;
  else if (answer_ == Answer::none_yet && std::chrono::steady_clock::now() >= limit_)
    answer_ = Answer::silence;
  if (answer_ != Answer::none_yet) agent_.reset();
  return answer_;
}

AgentFilter::AgentFilter(const std::string& path, std::vector<std::string> blobs) : blobs_(std::move(blobs)) {
  agent_ = connect_to(path, true);
  std::array<int, 2> ends{};
  if (agent_.get() < 0 || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
  ours_ = Descriptor(ends[0]);
  theirs_ = Descriptor(ends[1]);
  set_blocking(ours_);
  set_blocking(theirs_);
  // Signals are for the thread that has the connections.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { serve(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

AgentFilter::~AgentFilter() {
  for (const auto* fd : {&theirs_, &agent_}) ::shutdown(fd->get(), SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
}

void AgentFilter::serve() const {
  const Chosen chosen = [this](std::string_view blob) {
    return std::find(blobs_.begin(), blobs_.end(), base64(blob)) != blobs_.end();
  };
  for (;;) {
    const auto question = read_message(theirs_.get());
    if (!question || !send_message(agent_.get(), *question)) break;
    const auto answer = read_message(agent_.get());
    if (!answer || !send_message(theirs_.get(), without_others(*answer, chosen))) break;
  }
  ::shutdown(theirs_.get(), SHUT_RDWR);  // who waits for an answer sees that there is none
}

}  // namespace ctys::ssh
