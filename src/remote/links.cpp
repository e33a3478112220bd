// Conversations with workers on other hosts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/links.hpp"

#include "base/log.hpp"
#include "plugin/byte_stream.hpp"
#include "plugin/conversation.hpp"
#include "remote/transport.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <numeric>
#include <utility>

namespace ctys::remote {
namespace {

using std::chrono::milliseconds;

std::int64_t now() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// The far side ends a little before us: what it has by then is worth having.
constexpr std::int64_t kMargin = 300;
// The transport knows better than we why nothing came.
constexpr std::int64_t kGrace = 1'000;

// Two descriptors for each host.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// In the child. It stays in the foreground group: it may have to ask at the terminal.
void become_transport(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // it died before the line above
  for (int number = 1; number < NSIG; ++number) (void)::signal(number, SIG_DFL);
  (void)::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

// What the hosts are reached by, apart from their names.
std::string text_of(const Way& way) {
  std::string text = way.may_copy ? "" : "no copy ";
  for (const auto& hop : way.via) text += model::text_of(hop) + " ";
  return text + way.command;
}

std::string seconds_text(std::int64_t time) {
  std::string text = std::to_string(time / 1000);
  if (time % 1000 != 0) text += "." + std::to_string(time % 1000 + 1000).substr(1);
  while (text.find('.') != std::string::npos && text.back() == '0') text.pop_back();
  return text + " s";
}

}  // namespace

struct Links::Link {
  Job job;
  std::size_t number = 0;  // the transport's
  plugin::Conversation talk{plugin::Peer{}};
  Fd stream;
  std::string unsent;
  bool called = false;
  std::optional<std::int64_t> deadline;
  std::vector<std::string> reached;
  std::unique_ptr<plugin::ByteStream> bytes = {};  // of a console
  std::optional<Error> last_word = {};             // of the transport about it

  [[nodiscard]] bool may_read() const { return bytes == nullptr || bytes->has_room(); }
  // The console is open, and the transport takes what is sent.
  [[nodiscard]] bool may_send() const {
    return bytes != nullptr && stream && !talk.ended() && talk.records() > 0 &&
           unsent.size() < plugin::ByteStream::kRoom;
  }
};

Links::Links(std::vector<Job> jobs, const Way& way, plugin::Options options, Fd stream)
    : options_(std::move(options)) {
  links_.resize(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    auto& link = links_[i];
    plugin::Peer peer{"the host", {}, jobs[i].target.name};
    peer.strict_host = true;
    peer.behind = jobs[i].behind;
    link.talk = plugin::Conversation(std::move(peer));
    link.number = i;
    if (jobs[i].call.deadline_ms) link.deadline = now() + *jobs[i].call.deadline_ms;
    link.job = std::move(jobs[i]);
  }
  if (stream && !links_.empty()) {
    links_[0].bytes = std::make_unique<plugin::ByteStream>(std::move(stream));
    links_[0].talk.carry(links_[0].bytes.get());
  }
  if (links_.empty()) return;
  if (way.keep) keep_as_ = text_of(way);
  if (!way.keep || !go_on(way)) start(way);
}

Links::~Links() {
  end();
}

void Links::start(const Way& way) {
  allow_many_files();
  termios before{};
  if (::tcgetattr(STDIN_FILENO, &before) == 0) terminal_ = before;
  std::vector<FarEnd> far;
  std::vector<Fd> theirs;
  std::array<int, 2> ends{};
  for (auto& link : links_) {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      return all_fail({Exit::failed, "cannot reach other hosts", system_message(errno)});
    link.stream.reset(ends[0]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    theirs.emplace_back(ends[1]);
    far.push_back({&link.job, ends[1]});
  }
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return all_fail({Exit::failed, "cannot reach other hosts", system_message(errno)});
  Fd control(ends[0]);
  const Fd their_control(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    become_transport(parent);
    for (auto& link : links_) link.stream.reset();
    if (!links_.empty()) links_[0].bytes.reset();
    control.reset();
    ::_exit(carry(their_control.get(), far, way));
  }
  if (pid < 0) return all_fail({Exit::failed, "cannot reach other hosts", system_message(errno)});
  ::fcntl(control.get(), F_SETFL, O_NONBLOCK);
  carrier_ = Carrier(pid, std::move(control));
}

// Calls the workers that still wait from an earlier question.
bool Links::go_on(const Way& way) {
  std::vector<const model::Target*> targets;
  for (const auto& link : links_) targets.push_back(&link.job.target);
  auto kept = take_kept(targets, text_of(way));
  if (!kept) return false;
  carrier_ = std::move(kept->carrier);
  for (std::size_t i = 0; i < links_.size(); ++i) {
    links_[i].number = kept->hosts[i].number;
    links_[i].stream = std::move(kept->hosts[i].stream);
    links_[i].talk.go_on();
    send_call(links_[i]);
  }
  return true;
}

// What could not be asked to its end is not kept.
void Links::keep_for_next() {
  Kept kept{std::move(carrier_), *keep_as_, {}};
  for (auto& link : links_)
    if (link.stream && link.talk.may_go_on())
      kept.hosts.push_back({link.job.target, link.number, std::move(link.stream)});
  if (!kept.hosts.empty() && kept.carrier.is_ours()) keep(std::move(kept));
}

Links::Link* Links::numbered(std::size_t number) {
  const auto at =
      std::find_if(links_.begin(), links_.end(), [&](const Link& link) { return link.number == number; });
  return at == links_.end() ? nullptr : &*at;
}

bool Links::done() const {
  return std::all_of(links_.begin(), links_.end(), [](const Link& link) {
    return link.talk.ended() && (link.bytes == nullptr || !link.bytes->pending());
  });
}

void Links::watch(std::vector<pollfd>& waiting) const {
  if (carrier_.control) waiting.push_back({carrier_.control.get(), POLLIN, 0});
  for (const auto& link : links_) {
    if (link.bytes) link.bytes->watch(waiting, link.may_send());
    if (link.talk.ended() || !link.stream) continue;
    const int events = (link.may_read() ? POLLIN : 0) | (link.unsent.empty() ? 0 : POLLOUT);
    if (events != 0) waiting.push_back({link.stream.get(), static_cast<short>(events), 0});
  }
}

int Links::time_left() const {
  if (asking_since_) return -1;
  std::optional<std::int64_t> first;
  for (const auto& link : links_)
    if (!link.talk.ended() && link.deadline && (!first || *link.deadline < *first)) first = link.deadline;
  if (!links_.empty() && links_[0].bytes && !links_[0].talk.ended()) return links_[0].bytes->time_left();
  if (!first) return -1;
  return static_cast<int>(std::clamp<std::int64_t>(*first + kGrace - now(), 0, 3'600'000));
}

void Links::handle(std::span<const pollfd> ready) {
  const auto find = [&](int fd) {
    const auto at = std::find_if(ready.begin(), ready.end(), [fd](const pollfd& p) { return p.fd == fd; });
    return at == ready.end() ? short{0} : at->revents;
  };
  for (auto& link : links_) {
    if (link.bytes) handle_bytes(link, ready);
    if (link.talk.ended() || !link.stream) continue;
    const auto events = find(link.stream.get());
    if ((events & POLLOUT) != 0) flush(link);
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) receive(link);
  }
  if (carrier_.control && find(carrier_.control.get()) != 0) hear();
  for (auto& link : links_) {
    if (link.talk.ended() || !link.deadline || asking_since_ || now() < *link.deadline + kGrace) continue;
    link.talk.stop(
        {Exit::deadline, "the host did not answer within " + seconds_text(*link.job.call.deadline_ms),
         link.talk.doing().empty() ? std::string() : "it was " + link.talk.doing(),
         "give it more time with --deadline"},
        link.called);
    link.stream.reset();
  }
  if (done()) end();
}

void Links::handle_bytes(Link& link, std::span<const pollfd> ready) {
  link.bytes->handle(ready, link.may_send(), link.unsent);
  if (link.talk.ended() || !link.stream || link.talk.records() == 0) return;
  if (!link.unsent.empty()) flush(link);
  if (!link.bytes->is_silent()) return;
  link.talk.stop({Exit::unreachable, "the connection was lost",
                  "nothing was heard for " + seconds_text(link.bytes->silence().count()),
                  "run the command again"});
  link.stream.reset();
}

// Only now is it known how much time is left for the call.
void Links::send_call(Link& link) {
  constexpr std::int64_t kLeast = 100;
  link.called = true;
  auto call = link.job.call;
  if (link.deadline) call.deadline_ms = static_cast<int>(std::max(*link.deadline - now() - kMargin, kLeast));
  link.unsent = wire::encode(call);
  flush(link);
}

void Links::flush(Link& link) {
  const ssize_t n = ::send(link.stream.get(), link.unsent.data(), link.unsent.size(), MSG_NOSIGNAL);
  if (n > 0) link.unsent.erase(0, static_cast<std::size_t>(n));
  if (n < 0 && errno != EAGAIN && errno != EINTR) link.unsent.clear();  // the transport will tell why
}

void Links::receive(Link& link) {
  std::array<char, 65536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
  while (link.stream && !link.talk.ended() && link.may_read()) {
    const ssize_t n = ::read(link.stream.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {  // what it means comes from the transport
      link.stream.reset();
      return judge_end(link);
    }
    link.talk.feed({chunk.data(), static_cast<std::size_t>(n)}, options_.progress);
    if (link.talk.greeted() && !link.called && !link.talk.ended()) send_call(link);
    // Nobody is asked any more: a key that ends what runs in the foreground is not for the transport.
    if (link.bytes && link.talk.records() > 0) carrier_.into_background();
  }
  // The other side ends with it, or waits for the next call.
  if (link.talk.ended() && !(keep_as_ && link.talk.may_go_on())) link.stream.reset();
}

void Links::hear() {
  std::array<char, 16384> chunk{};
  for (;;) {
    const ssize_t n = ::read(carrier_.control.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      carrier_.control.reset();
      return all_fail(
          {Exit::failed, "the SSH transport ended unexpectedly", {}, "please report this as a bug of ctys"});
    }
    carrier_.words.feed({chunk.data(), static_cast<std::size_t>(n)});
    while (const auto line = carrier_.words.next()) take_word(*line);
  }
}

void Links::take_word(std::string_view line) {
  auto message = wire::decode(line);
  if (!message) return log::write(log::Severity::debug, "remote", message.error().why);
  if (auto* error = std::get_if<Error>(&*message)) return all_fail(*error);
  if (const auto* said = std::get_if<wire::Log>(&*message))
    return log::write(static_cast<log::Severity>(std::clamp(said->level, 0, 3)), "ssh", said->text);
  if (const auto* asking = std::get_if<wire::Asking>(&*message)) {
    if (asking->begins) {
      asking_since_ = now();
      if (options_.progress) options_.progress({});  // the line belongs to the question
    } else if (asking_since_) {
      for (auto& link : links_)
        if (link.deadline) *link.deadline += now() - *asking_since_;
      asking_since_.reset();
    }
    return;
  }
  if (auto* reached = std::get_if<wire::Reached>(&*message)) {
    if (auto* const link = numbered(reached->link)) link->reached.push_back(std::move(reached->note));
    return;
  }
  auto* closed = std::get_if<wire::Closed>(&*message);
  auto* const at = closed == nullptr ? nullptr : numbered(closed->link);
  if (at == nullptr) return;
  auto& link = *at;
  link.last_word = std::move(closed->error);
  receive(link);                             // all it sent is there by now
  if (link.may_read()) link.stream.reset();  // else there is more, and nobody to take it yet
  judge_end(link);
}

// When all is read and the transport has said why nothing more comes.
void Links::judge_end(Link& link) {
  if (link.talk.ended() || link.stream || !link.last_word) return;
  if (link.last_word->code != Exit::ok)
    link.talk.stop(*std::move(link.last_word), link.called);
  else
    link.talk.stop({Exit::failed, "the answer is not complete", "ctys ended there before it had said so",
                    "run the command again"});
}

void Links::all_fail(const Error& error) {
  for (auto& link : links_) {
    if (!link.talk.ended()) link.talk.stop(error, link.called);
    link.stream.reset();
  }
}

void Links::abandon(const Error& error) {
  all_fail(error);
  for (auto& link : links_)
    if (link.bytes) link.bytes->drop();
  end();
}

// Closes the streams: workers on other hosts end with their input, the transport's connections with it.
void Links::end() {
  if (keep_as_ && carrier_.control) keep_for_next();
  for (auto& link : links_) link.stream.reset();
  carrier_.end();
  // It may have been ended in the middle of a question, without echo.
  if (asking_since_ && terminal_) ::tcsetattr(STDIN_FILENO, TCSANOW, &*terminal_);
  asking_since_.reset();
}

std::size_t Links::records() const {
  return std::accumulate(links_.begin(), links_.end(), std::size_t{0},
                         [](std::size_t sum, const Link& link) { return sum + link.talk.records(); });
}

plugin::Numbered Links::take_complete() {
  plugin::Numbered all;
  for (std::size_t at = 0; at < links_.size(); ++at) links_[at].talk.take_complete(at, all);
  return all;
}

std::vector<plugin::Outcome> Links::take_each() {
  std::vector<plugin::Outcome> each;
  each.reserve(links_.size());
  for (auto& link : links_) each.push_back(link.talk.take());
  return each;
}

const std::vector<std::string>& Links::reached(std::size_t job) const {
  return links_.at(job).reached;
}

bool Links::greeted(std::size_t job) const {
  return links_.at(job).talk.greeted();
}

std::vector<plugin::Outcome> ask_each(std::vector<Job> jobs, const Way& way, const plugin::Options& options) {
  Links links(std::move(jobs), way, options);
  plugin::wait_for(links);
  return links.take_each();
}

}  // namespace ctys::remote
