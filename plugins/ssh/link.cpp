// One command on one host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "link.hpp"

#include "pump.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::ssh {
namespace {

using std::chrono::seconds;

constexpr seconds kOpenTime{15};
constexpr seconds kStartTime{20};
constexpr seconds kInstallTime{120};
constexpr seconds kLastWords{2};
// Nothing more is said, and no status of it comes: libssh may not tell of the end of who died by a signal.
constexpr seconds kLastStatus{1};
constexpr std::size_t kMaxNoise = 256U << 10;  // of login shells, before the command speaks
constexpr std::size_t kMaxErrors = 2000;

std::string_view view(ctys_str s) {
  return s.ptr == nullptr ? std::string_view{} : std::string_view{s.ptr, s.len};
}

}  // namespace

Link::Link(const ctys_transport& request, const ctys_link& wanted, Node& node, Bundle bundle)
    : request_(request), node_(&node), bundle_(std::move(bundle)), socket_(wanted.stream) {
  if (wanted.deadline_ms >= 0) deadline_ = Clock::now() + std::chrono::milliseconds(wanted.deadline_ms);
  limit_ = Clock::now() + kOpenTime;
}

std::string Link::ssh() const {
  return command_of(std::string(view(request_.config)));
}

void Link::fail(Error error) {
  if (done()) return;
  error_ = std::move(error);
  finish();
}

void Link::move_to(Node& node) {
  node_ = &node;
  refused_.reset();
}

void Link::finish() {
  stage_ = Stage::done;
  channel_.reset();
  socket_.reset();
}

void Link::postpone(Clock::duration by) {
  limit_ += by;
  if (deadline_) *deadline_ += by;
}

bool Link::step() {
  bool moved = false;
  if (done()) return false;
  try {
    if (node_->stage() == Node::Stage::failed) throw Error(node_->error());
    if (node_->open()) {
      while (step_once()) moved = true;
    } else {
      limit_ = Clock::now() + kOpenTime;
      // Whoever asked may have gone.
      char byte = 0;
      if (::recv(socket_.get(), &byte, 1, MSG_PEEK) == 0) finish();
    }
    if (done() || stage_ == Stage::streaming) return moved;
    if (is_late()) complain_of_time();
    if (node_->open() && Clock::now() >= limit_ && start_over_ && may_be_damaged()) {
      ask_for_copy();
      return true;
    }
    if (node_->open() && Clock::now() >= limit_)
      throw Error(Exit::unreachable, "cannot start ctys there", "no answer from its shell",
                  "see what it does: " + ssh() + " HOST true");
  } catch (const Error& error) {
    fail(error);
    return true;
  }
  return moved;
}

bool Link::step_once() {
  switch (stage_) {
    case Stage::opening:
      return open_channel(Stage::asking);
    case Stage::asking:
      return asks_for_system_ ? ask_for(system_command(), Stage::starting, kStartTime)
                              : ask_for(view(request_.command), Stage::starting, kStartTime);
    case Stage::starting:
      return read_start();
    case Stage::install_opening:
      return open_channel(Stage::install_asking);
    case Stage::install_asking:
      return ask_for(view(request_.install), Stage::installing, kInstallTime);
    case Stage::installing:
      return install();
    case Stage::streaming:
      return stream();
    case Stage::done:
      break;
  }
  return false;
}

// One that is refused here may be granted on another connection.
bool Link::open_channel(Stage next) {
  if (refused_) return false;
  if (!channel_) channel_.reset(ssh_channel_new(node_->session()));
  const int answer = ssh_channel_open_session(channel_.get());
  if (answer == SSH_AGAIN) return false;
  if (answer != SSH_OK) {
    refused_.emplace(Exit::unreachable, "cannot start ctys there", complaint_of(node_->session()),
                     "see whether it grants a session: " + ssh() + " HOST true");
    channel_.reset();
    return true;
  }
  node_->note_carried();
  stage_ = next;
  limit_ = Clock::now() + kOpenTime;
  return true;
}

bool Link::ask_for(std::string_view command, Stage next, std::chrono::milliseconds limit) {
  const int answer = ssh_channel_request_exec(channel_.get(), std::string(command).c_str());
  if (answer == SSH_AGAIN) return false;
  if (answer != SSH_OK)
    throw Error(Exit::unreachable, "cannot start ctys there", complaint_of(node_->session()),
                "see whether it runs commands: " + ssh() + " HOST true");
  stage_ = next;
  limit_ = Clock::now() + limit;
  return true;
}

void Link::read_errors() {
  std::array<char, 4096> chunk{};
  for (;;) {
    // To read what is not there would open the window of both streams anew, whoever takes the other one.
    if (ssh_channel_poll(channel_.get(), 1) <= 0) return;
    const int n = ssh_channel_read_nonblocking(channel_.get(), chunk.data(), chunk.size(), 1);
    if (n <= 0) return;
    errors_.append(chunk.data(), static_cast<std::size_t>(n));
    if (errors_.size() > kMaxErrors) errors_.erase(0, errors_.size() - kMaxErrors);
  }
}

std::string Link::last_words() const {
  const int status = ssh_channel_get_exit_status(channel_.get());
  std::string words = errors_;
  while (!words.empty() && words.back() == '\n') words.pop_back();
  if (words.empty())
    words = status < 0 ? "it ended without a word" : "it ended with status " + std::to_string(status);
  return words;
}

void Link::complain(const std::string& what, const std::string& fix) const {
  throw Error(Exit::unreachable, what, last_words(), fix);
}

// Whoever is waited for did not answer, or was not asked yet; it may be a gateway.
void Link::complain_of_time() const {
  const auto& awaited = node_->awaited();
  if (const auto delay = awaited.delay()) throw Error(&awaited == node_ ? *delay : behind(awaited, *delay));
  if (awaited.waits_for_its_turn())
    throw Error(Exit::deadline, "the host was not asked", "the time was over before its turn came",
                "give it more time with --deadline, or ask more hosts at once with --fanout");
  Error late(Exit::deadline, "cannot reach the host",
             node_->open() ? "ctys did not start there in the time that was given"
                           : "no answer in the time that was given",
             "see whether it is up: " + awaited.ssh() + " HOST; give it more time with --deadline");
  if (&awaited != node_) late = behind(awaited, std::move(late));
  throw Error(std::move(late));
}

// The host was reached, and has let one in: what is wrong is there.
void Link::complain_of_copy() const {
  // Of tar there is a complaint for each file; the last line says where.
  constexpr std::array<std::array<std::string_view, 2>, 2> kNoRoom{{
      {"No space left on device", "the disk is full"},
      {"Disk quota exceeded", "the disk quota is used up"},
  }};
  const std::string what = "cannot copy ctys there";
  if (ssh_is_connected(node_->session()) == 0)
    throw Error(Exit::unreachable, "the connection was lost", ssh_get_error(node_->session()),
                "run the command again");
  const auto words = last_words();
  for (const auto& [system, ours] : kNoRoom)
    if (words.find(system) != std::string::npos)
      throw Error(Exit::failed, what, std::string(ours) + ": " + words.substr(words.rfind('\n') + 1),
                  "make room for it there, or install ctys on that host");
  throw Error(Exit::failed, what, words, "mend that there, or install ctys on that host");
}

void Link::restart(Stage stage) {
  channel_.reset();
  started_.clear();
  errors_.clear();
  noise_ = 0;
  start_over_ = false;
  stage_ = stage;
  limit_ = Clock::now() + kOpenTime;
}

// As if it had said that ctys is absent.
std::string Link::system_command() const {
  return "exec /bin/sh -c 'echo; echo \"" + std::string(view(request_.absent)) + "$(uname -s -m)\"'";
}

// What was copied earlier and is cut off cannot say so: a shell has spoken, and what it became did not run
// (126, 127), or was ended by a signal, which some shells tell as 128 and its number and a server as no
// status.
bool Link::may_be_damaged() const {
  if (installed_ || asks_for_system_ || noise_ == 0 || (request_.flags & CTYS_MAY_COPY) == 0) return false;
  const int status = ssh_channel_get_exit_status(channel_.get());
  if (status < 0) return ssh_is_connected(node_->session()) != 0;
  constexpr int kNotRun = 126;
  constexpr int kSignal = 128;
  constexpr int kLastSignal = 11;
  return status == kNotRun || status == kNotRun + 1 || (status > kSignal && status <= kSignal + kLastSignal);
}

// Says a shell there that what it started did not run, or has crashed?
bool Link::complains_of_end() const {
  constexpr std::array<std::string_view, 4> kEnds{"/bin/ctys: ", "Exec format error", "Segmentation fault",
                                                  "Bus error"};
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [&](std::string_view words) { return errors_.find(words) != std::string::npos; });
}

void Link::ask_for_copy() {
  asks_for_system_ = true;
  restart(Stage::opening);
}

// Whatever shells print comes first; the lines that count say what they are.
bool Link::read_start() {
  std::array<char, 16384> chunk{};
  const int n = ssh_channel_read_nonblocking(channel_.get(), chunk.data(), chunk.size(), 0);
  read_errors();
  if (n == SSH_ERROR)
    throw Error(Exit::unreachable, "the connection was lost", ssh_get_error(node_->session()),
                "run the command again");
  if (n <= 0) {
    const bool is_over = ssh_channel_is_eof(channel_.get()) != 0;
    if (is_over && !std::exchange(start_over_, true)) limit_ = Clock::now() + kLastStatus;
    if (ssh_channel_is_closed(channel_.get()) != 0 ||
        (is_over && (ssh_channel_get_exit_status(channel_.get()) >= 0 || Clock::now() >= limit_))) {
      if (may_be_damaged()) {
        ask_for_copy();
        return true;
      }
      complain("cannot start ctys there", "see what its shell does: " + ssh() + " HOST true");
    }
    // Something else may keep the channel open, around what was started there.
    if (complains_of_end() && may_be_damaged() && !std::exchange(start_over_, true))
      limit_ = std::min(limit_, Clock::now() + kLastStatus);
    return false;
  }
  started_.append(chunk.data(), static_cast<std::size_t>(n));
  noise_ += static_cast<std::size_t>(n);
  for (auto end = started_.find('\n'); end != std::string::npos; end = started_.find('\n')) {
    if (take_line(std::string_view(started_).substr(0, end))) return true;
    started_.erase(0, end + 1);
  }
  // The beginning of an endless line is enough to know that it is noise.
  if (noise_ > kMaxNoise)
    throw Error(Exit::failed, "the host sent garbage", "its shell prints without end",
                "see what it prints: " + ssh() + " HOST true");
  return true;
}

// True: the stage has changed.
bool Link::take_line(std::string_view line) {
  if (line.starts_with(view(request_.absent))) {
    if (installed_)
      throw Error(Exit::failed, "cannot start ctys there", "it is not where it was copied to",
                  "see what is there: " + ssh() + " HOST ls -l .cache/ctys");
    to_install_ = bundle_(line);
    asks_for_system_ = false;
    restart(Stage::install_opening);
    return true;
  }
  if (!line.starts_with(view(request_.ready))) return false;
  in_ = std::exchange(started_, {});
  stage_ = Stage::streaming;
  started_to_speak_ = true;
  return true;
}

bool Link::install() {
  static std::array<char, kChunk> sink;
  while (ssh_channel_read_nonblocking(channel_.get(), sink.data(), sink.size(), 0) > 0) {
  }
  read_errors();
  while (!to_install_.empty()) {
    const auto room =
        std::min<std::size_t>({ssh_channel_window_size(channel_.get()), to_install_.size(), kChunk});
    const int n =
        room == 0 ? 0
                  : ssh_channel_write(channel_.get(), to_install_.data(), static_cast<std::uint32_t>(room));
    if (n <= 0) break;
    to_install_.remove_prefix(static_cast<std::size_t>(n));
    limit_ = Clock::now() + kInstallTime;
    if (to_install_.empty()) ssh_channel_send_eof(channel_.get());
  }
  const int status = ssh_channel_get_exit_status(channel_.get());
  const bool said_all = ssh_channel_is_closed(channel_.get()) != 0 || ssh_channel_is_eof(channel_.get()) != 0;
  if (status < 0 && ssh_channel_is_closed(channel_.get()) == 0) return false;
  // What it complains of may come behind its status, or never where something else has its output.
  if (status > 0 && !std::exchange(install_failed_, true)) limit_ = Clock::now() + kLastWords;
  if (status > 0 && !said_all && Clock::now() < limit_) return false;
  if (status != 0 || !to_install_.empty()) complain_of_copy();
  installed_ = true;
  channel_.reset();
  stage_ = Stage::opening;
  limit_ = Clock::now() + kOpenTime;
  return true;
}

bool Link::stream() {
  read_errors();
  const bool goes_on = channel_to_socket(channel_.get(), in_, socket_.get()) &&
                       socket_to_channel(socket_.get(), out_, channel_.get());
  if (goes_on) return false;
  if (ssh_is_connected(node_->session()) == 0)
    throw Error(Exit::unreachable, "the connection was lost", ssh_get_error(node_->session()),
                "run the command again");
  if (!errors_.empty() && ssh_channel_get_exit_status(channel_.get()) > 0)
    error_ = Error(Exit::failed, "ctys ended there", errors_);
  finish();
  return false;
}

void Link::watch(std::vector<pollfd>& waiting) const {
  if (done()) return;
  int events = in_.empty() ? 0 : POLLOUT;
  if (stage_ == Stage::streaming && out_.empty()) events |= POLLIN;
  // POLLHUP is told always: whoever asked has gone.
  waiting.push_back({socket_.get(), static_cast<short>(events), 0});
}

std::optional<Instant> Link::wakes() const {
  if (done() || stage_ == Stage::streaming) return std::nullopt;
  if (!node_->open()) return deadline_;
  return deadline_ ? std::min(*deadline_, limit_) : limit_;
}

}  // namespace ctys::ssh
