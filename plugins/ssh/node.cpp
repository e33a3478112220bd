// One SSH connection.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.hpp"

#include "known_hosts.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ctys::ssh {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kConfigTime{10};
constexpr seconds kResolveTime{10};
constexpr seconds kConnectTime{10};
constexpr seconds kExchangeTime{15};
constexpr seconds kLoginTime{30};
constexpr seconds kSignOfLife{15};
constexpr unsigned kConnectTries = 6;  // where a server refuses for load
constexpr int kSilence = 20'000;       // milliseconds that sent data may stay unanswered by the peer's kernel

std::string system_text(int number) {
  return std::strerror(number);  // NOLINT(concurrency-mt-unsafe): glibc's is safe
}

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

// Else libssh would take its own list, with what the configuration leaves out.
[[noreturn]] void refuse_list(const std::string& keyword, const std::string& list, const char* example) {
  throw Error(Exit::usage, "cannot open an SSH connection",
              "libssh can use none of the " + keyword + " of its SSH configuration: " + list,
              std::string("add one there, such as ") + example);
}

void set_list(ssh_session session, ssh_options_e option, const std::string& list, const std::string& keyword,
              const char* example) {
  if (!list.empty() && ssh_options_set(session, option, list.c_str()) != 0)
    refuse_list(keyword, list, example);
}

}  // namespace

void Node::enter(Stage stage, milliseconds limit) {
  stage_ = stage;
  limit_ = Clock::now() + limit;
}

void Node::start() {
  if (!config_.hostname.empty()) {  // its configuration sent it through a gateway, which is ready
    enter(Stage::connecting, kConnectTime);
    return;
  }
  enter(Stage::configuring, kConfigTime);
}

void Node::fail(Error error) {
  if (stage_ >= Stage::failed) return;
  if (query_) shared_.answers.give_up(place_);
  error_ = std::move(error);
  stage_ = Stage::failed;
}

void Node::close() {
  tunnel_.reset();
  if (session_) {
    // libssh neither sends what it has buffered nor closes a socket that it was given.
    if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
    if (ssh_is_connected(session_.get()) != 0) ssh_disconnect(session_.get());
    session_.reset();
  }
  fd_ = -1;
  near_.reset();
  socket_.reset();
  query_.reset();
  look_up_.reset();
  revocation_.reset();
  resume_.reset();
  if (stage_ != Stage::failed) stage_ = Stage::closed;  // why it failed is still asked for
  closed_ = true;
}

void Node::postpone(Clock::duration by) {
  limit_ += by;
}

bool Node::step() {
  bool moved = false;
  if (waits_to_ask_) return false;
  try {
    while (step_once()) moved = true;
    if (under_way() && Clock::now() >= limit_ && !resume_) {
      constexpr std::array<const char*, 6> kDoing{"",
                                                  "reading its configuration (ssh -G)",
                                                  "looking up its name",
                                                  "connecting to its SSH port",
                                                  "waiting for its SSH server to talk",
                                                  "logging in"};
      throw Error(Exit::unreachable, "cannot reach the host",
                  std::string("no answer while ") + kDoing.at(static_cast<std::size_t>(stage_)),
                  "see whether it is up and its SSH port is open: " + ssh() + " HOST");
    }
  } catch (const AskLater&) {
    waits_to_ask_ = true;
    return true;
  } catch (const Error& error) {
    fail(error);
    return true;
  }
  return moved;
}

// True: go on at once.
bool Node::step_once() {
  if (resume_) {
    if (Clock::now() < *resume_) return false;
    resume_.reset();
    next_address_ = 0;
    enter(Stage::connecting, config_.connect_timeout.value_or(kConnectTime));
  }
  if (tunnel_open_) pump();
  switch (stage_) {
    case Stage::configuring:
      return ask_config();
    case Stage::resolving:
      if (auto found = look_up_->step()) {
        addresses_ = std::move(*found);
        look_up_.reset();
        reach_name();
        enter(Stage::connecting, config_.connect_timeout.value_or(kConnectTime));
        return true;
      }
      return false;
    case Stage::connecting:
      return gateway_ != nullptr ? tunnel() : connect();
    case Stage::exchanging:
      return exchange();
    case Stage::logging_in:
      if (!log_in()) return false;
      reach(CTYS_REACHED_LOGIN, "as " + config_.user + ", " + std::string(login_->how()));
      stage_ = Stage::ready;
      alive_ = Clock::now();
      return true;
    case Stage::ready:
      if (ssh_is_connected(session_.get()) == 0)
        throw Error(Exit::unreachable, "the connection was lost", ssh_get_error(session_.get()),
                    "run the command again");
      if (Clock::now() - alive_ > kSignOfLife) {
        alive_ = Clock::now();
        (void)ssh_send_ignore(session_.get(), "");
      }
      if ((ssh_get_poll_flags(session_.get()) & SSH_WRITE_PENDING) != 0)
        (void)ssh_blocking_flush(session_.get(), 0);
      return false;
    case Stage::waiting:
    case Stage::failed:
    case Stage::closed:
      return false;
  }
  return false;
}

bool Node::ask_config() {
  std::optional<std::string> answer;
  if (query_)
    answer = query_->step();
  else if (const auto* known = shared_.answers.find(place_))
    answer = *known;
  else if (!shared_.answers.awaits(place_))
    query_ = std::make_unique<Query>(place_, shared_.config_file);
  if (!answer) return false;
  config_ = parse_config(*answer, place_, shared_.home, shared_.config_file);
  if (query_) shared_.answers.add(place_, *answer);
  query_.reset();
  read_config();
  return true;
}

void Node::read_config() {
  if (!direct_ && !config_.jumps.empty()) {
    jumps_ = std::move(config_.jumps);
    stage_ = Stage::waiting;  // until the last of them is ready
    return;
  }
  if (gateway_ != nullptr) return enter(Stage::connecting, config_.connect_timeout.value_or(kConnectTime));
  if (!config_.proxy_command.empty() && !direct_)
    throw Error(Exit::usage, "cannot reach the host",
                "its SSH configuration has a ProxyCommand, which ctys does not run",
                "use ProxyJump there, or --via");
  enter(Stage::resolving, kResolveTime);
  look_up_ = std::make_unique<LookUp>(config_.hostname, config_.port, config_.family);
}

bool Node::connect_next() {
  if (next_address_ == addresses_.size()) return false;
  const auto& address = addresses_[next_address_++];
  socket_ = Descriptor(::socket(address.family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  set(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  set(socket_.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, kSilence);
  set(socket_.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as the interface is
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0 ||
      errno == EINPROGRESS)
    return true;
  error_.why = system_text(errno);
  socket_.reset();
  return connect_next();
}

bool Node::connect() {
  if (socket_.get() >= 0) {
    pollfd writable{socket_.get(), POLLOUT, 0};
    if (::poll(&writable, 1, 0) == 0) return false;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) {
      reach_port();
      make_session(socket_.release());
      return true;
    }
    error_.why = system_text(error);
    socket_.reset();
  }
  if (connect_next()) return false;
  throw Error(Exit::unreachable, "cannot reach the host", error_.why,
              "see whether it is up and an SSH server listens on port " + std::to_string(config_.port));
}

void Node::make_session(int fd) {
  Descriptor held(fd);
  session_.reset(ssh_new());
  if (!session_) throw Error(Exit::failed, "cannot reach the host", "no memory");
  auto* session = session_.get();
  const int no = 0;
  ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
  ssh_options_set(session, SSH_OPTIONS_HOST, config_.hostname.c_str());
  ssh_options_set(session, SSH_OPTIONS_PORT, &config_.port);
  ssh_options_set(session, SSH_OPTIONS_USER, config_.user.c_str());
  // libssh's own look at the known hosts is left out: verify() does it, with @revoked.
  for (const auto option : {SSH_OPTIONS_KNOWNHOSTS, SSH_OPTIONS_GLOBAL_KNOWNHOSTS})
    ssh_options_set(session, option, "/dev/null");
  if (!config_.agent.empty()) ssh_options_set(session, SSH_OPTIONS_IDENTITY_AGENT, config_.agent.c_str());
  trust();
  limit_algorithms();
  ssh_options_set(session, SSH_OPTIONS_FD, &fd);
  ssh_set_blocking(session, 0);
  fd_ = held.release();
  enter(Stage::exchanging, kExchangeTime);
}

// To those that the configuration allows.
void Node::limit_algorithms() {
  auto* session = session_.get();
  set_list(session, SSH_OPTIONS_KEY_EXCHANGE, config_.kex, "KexAlgorithms", "curve25519-sha256");
  for (const auto option : {SSH_OPTIONS_CIPHERS_C_S, SSH_OPTIONS_CIPHERS_S_C})
    set_list(session, option, config_.ciphers, "Ciphers", "aes256-gcm@openssh.com");
  for (const auto option : {SSH_OPTIONS_HMAC_C_S, SSH_OPTIONS_HMAC_S_C})
    set_list(session, option, config_.macs, "MACs", "hmac-sha2-256");
  // A server has several keys: the one that is known is asked for first. Certificates are for those who can
  // check them.
  constexpr const char* kKeyword = "HostKeyAlgorithms";
  constexpr const char* kExample = "ssh-ed25519";
  const auto allowed = without_certificates(config_.host_keys);
  if (allowed.empty() && !config_.host_keys.empty()) refuse_list(kKeyword, config_.host_keys, kExample);
  const Lines known(config_.known_hosts, names_of(config_.hostname, config_.port, config_.alias));
  std::string order;
  for (const auto& type : known.types()) order += (order.empty() ? "" : ",") + algorithms_of(type);
  set_list(session, SSH_OPTIONS_HOSTKEYS, in_order(order, allowed), kKeyword, kExample);
  // With none that libssh knows it would take its own list.
  if (!config_.accepted.empty() &&
      ssh_options_set(session, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, config_.accepted.c_str()) != 0)
    config_.public_key = false;
}

bool Node::exchange() {
  const int answer = exchanged_ ? SSH_OK : ssh_connect(session_.get());
  if (answer == SSH_AGAIN) return false;
  if (answer != SSH_OK) return retry();
  exchanged_ = true;
  set_unblocking(fd_);  // libssh has made it block: a peer that reads nothing would stop all others
  if (!verify()) return false;
  login_ = std::make_unique<Login>(config_, shared_.keys, shared_.agents, name(), shared_.asker);
  enter(Stage::logging_in, kLoginTime);
  return true;
}

// A server at its limit of connections closes new ones before it says a word.
bool Node::retry() {
  const bool silent = ssh_get_serverbanner(session_.get()) == nullptr;
  if (!silent || ++tries_ == kConnectTries)
    throw Error(Exit::unreachable, "cannot open an SSH connection", ssh_get_error(session_.get()),
                silent ? "see what its SSH server says; it may be at its limit (MaxStartups)"
                       : "try it: " + ssh() + " HOST");
  tunnel_.reset();
  tunnel_open_ = false;
  near_.reset();
  session_.reset();
  fd_ = -1;
  in_.clear();
  out_.clear();
  // Longer each time, and not the same for everybody.
  const auto spread = static_cast<unsigned>(std::hash<std::string>{}(name()) % 100);
  resume_ = Clock::now() + milliseconds((50U << tries_) + spread);
  return false;
}

void Node::watch(std::vector<pollfd>& waiting) const {
  if (waits_to_ask_) return;  // whatever comes is looked at once it may ask
  const auto add = [&](int fd, int events) {
    if (fd >= 0 && events != 0) waiting.push_back({fd, static_cast<short>(events), 0});
  };
  if (query_) add(query_->fd(), POLLIN);
  if (look_up_) add(look_up_->fd(), POLLIN);
  if (revocation_) add(revocation_->fd(), POLLIN);
  if (socket_.get() >= 0) add(socket_.get(), POLLOUT);
  const auto* agent = login_ && under_way() ? login_->awaited() : nullptr;
  if (agent != nullptr) add(agent->fd(), POLLIN);
  if (session_ && fd_ >= 0 && !revocation_ && agent == nullptr) {
    const bool writes = (ssh_get_poll_flags(session_.get()) & SSH_WRITE_PENDING) != 0;
    add(fd_, writes ? POLLIN | POLLOUT : POLLIN);
    // sshd holds small packets back until they are acknowledged: acknowledge at once.
    if (gateway_ == nullptr) set(fd_, IPPROTO_TCP, TCP_QUICKACK, 1);
  }
  if (near_.get() >= 0) add(near_.get(), (out_.empty() ? POLLIN : 0) | (in_.empty() ? 0 : POLLOUT));
}

std::optional<Instant> Node::wakes() const {
  if (waits_to_ask_) return std::nullopt;
  if (resume_) return resume_;
  if (under_way() && login_ && login_->awaited() != nullptr)
    return std::min(limit_, login_->awaited()->limit());
  if (under_way()) return limit_;
  if (open()) return alive_ + kSignOfLife;
  return std::nullopt;
}

}  // namespace ctys::ssh
